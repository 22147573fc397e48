"""Drawings: small tables in, SVG out."""
