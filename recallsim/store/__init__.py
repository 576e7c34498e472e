"""The store: one SQLite file a scenario, in which replications land as they finish."""
