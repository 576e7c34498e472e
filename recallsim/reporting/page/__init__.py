"""The report: one HTML file to hand on, with everything in it that it takes to believe it."""
