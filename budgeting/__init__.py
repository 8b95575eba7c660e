"""Floor 1: people, agreements, statements, recognition, ledger, audit."""
