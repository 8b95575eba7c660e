"""Changes of orders and batches: keyword-only, `by=` and `on=`, one transaction, the audit event inside."""
