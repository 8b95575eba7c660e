"""Doors for who looks with a resident: the resident's own, a volunteer's, a trusted person's, and the counter's."""
