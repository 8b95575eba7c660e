"""Words and figures for the desk's templates."""
