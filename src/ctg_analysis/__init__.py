"""Reproducible shared diagnosis of a convention territoriale globale (CTG)."""

__version__ = "1.0.0"
