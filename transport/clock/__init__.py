"""Virtual time: ranks, the event list, the loop."""
