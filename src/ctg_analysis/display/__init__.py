"""What a reader sees: texts and tables. Reads observations only."""
