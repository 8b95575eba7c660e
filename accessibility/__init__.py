"""Floor 3: one story of a resident's money, told on screen, on paper, aloud and with a helper."""
