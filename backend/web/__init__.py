"""Pages: one thin view, one domain call."""
