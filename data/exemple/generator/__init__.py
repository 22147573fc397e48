"""What the invented territory is made of, one module per kind of file."""
