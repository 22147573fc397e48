"""The stages of `ctg data` in order: derived, written, checked; and whether it must run again."""
