"""The files of a démarche, read: held to their tables, to each other, and to what may be told."""
