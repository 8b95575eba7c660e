"""Finished values in, words and marks out."""
