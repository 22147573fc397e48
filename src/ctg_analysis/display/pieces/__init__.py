"""Pieces of a page: charts with their words and data, tables, sheets."""
