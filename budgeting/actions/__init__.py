"""Changes across tables: keyword-only, `by=` and `on=`, one transaction, the audit event inside."""
