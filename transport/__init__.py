"""Floor 0: mail, time, chance and the recall protocol; standard library only."""
