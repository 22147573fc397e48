"""Chapters run: papermill's engines, the pool of processes, what makes a chapter run again."""
