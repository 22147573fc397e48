"""The verbs of chapters 11 to 16: what the démarche says, decides and follows."""
