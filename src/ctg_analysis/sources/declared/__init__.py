"""The declarations of the datasets: one constant each, in the file of its producer or of its theme."""
