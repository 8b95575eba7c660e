"""Floor 4: the doors. Web pages, API, commands and the clock; settings and URLs."""
