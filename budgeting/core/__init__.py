"""Rules that may never be wrong: plain functions without Django, clock, database or language."""
