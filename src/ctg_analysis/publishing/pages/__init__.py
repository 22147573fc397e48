"""Executed notebooks as pages, and the pages beside them."""
