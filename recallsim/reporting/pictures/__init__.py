"""Pictures in SVG, drawn from plain rows: each knows its numbers as a table and itself in words."""
