"""Moving in: residents, counterparties and agreements from a spreadsheet or from another system's file."""
