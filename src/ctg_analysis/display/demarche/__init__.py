"""Pieces of the pages of a démarche."""
