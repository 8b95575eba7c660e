"""The REST door for other parts of the town's landscape."""
