"""The page on which one asks what if: sliders over scenarios, answered by the engine, on this machine only."""
