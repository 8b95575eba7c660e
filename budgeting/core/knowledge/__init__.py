"""What we know of Dutch payers, creditors, shops and bank texts: compiled by ourselves, as small data files."""
