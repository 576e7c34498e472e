"""Running: replications over local processes, until there are enough or someone says stop."""
