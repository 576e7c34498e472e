"""Designs of experiments: which cells are run, which parameters matter, which variant is best."""
