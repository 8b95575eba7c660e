"""The resident's story on paper: the same blocks as on the screen, set by Typst as a tagged PDF/UA-1 letter."""
