"""What was said in interviews and meetings, and voted there."""
