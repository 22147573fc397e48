"""Full files of the producers, downloaded and verified."""
