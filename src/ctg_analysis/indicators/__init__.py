"""Facts to observations, their files, and what is computed of these."""
