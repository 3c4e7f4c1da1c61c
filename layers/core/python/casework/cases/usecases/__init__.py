"""What may be done with cases, one file per use case."""
