"""The stages in order, written to data/processed when something has changed."""
