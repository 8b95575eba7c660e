"""One small pure reader a format: bytes in, statements and problems out."""
