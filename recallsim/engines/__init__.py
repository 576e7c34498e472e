"""Engines: a plan becomes an observation."""
