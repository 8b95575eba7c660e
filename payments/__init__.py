"""Floor 2: plan, propose when short, batch, approve, release, settle, remainder."""
