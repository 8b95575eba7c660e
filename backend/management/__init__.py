"""Commands operators type."""
