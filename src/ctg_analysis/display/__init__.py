"""What a reader sees: texts, tables, charts and maps. Reads observations only."""
