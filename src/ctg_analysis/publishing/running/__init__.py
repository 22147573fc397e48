"""Chapters run: papermill's engines, the warm process and its forks, what makes a chapter run again."""
