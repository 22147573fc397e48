"""Notebooks run, pages and documents put in their place, editions."""
