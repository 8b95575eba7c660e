"""What keeps the house running: backups and the proof that they restore, health, figures, tasks, checks at start."""
