"""Looks at every page and letter: in every language and two made-up ones, on every screen, with and without script."""
