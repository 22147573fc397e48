"""What a démarche comes to, written by `ctg data` and read by chapters."""
