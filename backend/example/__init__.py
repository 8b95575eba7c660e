"""The example municipality: residents, payers and a bank made up by us; nothing here belongs to anyone."""
