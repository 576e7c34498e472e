"""Estimates: from what the engines saw to numbers with intervals.

The way is `tally` (an observation becomes a few numbers a replication and group), then `estimates` (these
become means with intervals over replications), with `stopping` deciding when there are enough replications.
`catalogue` says which metrics there are.
"""
