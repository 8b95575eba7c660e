"""The site with guides, built by `make docs`: pictures from the example municipality, then pages."""
