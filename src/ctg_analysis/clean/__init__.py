"""Raw files to facts, in the geography of the reference year."""
