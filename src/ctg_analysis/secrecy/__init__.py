"""Counts of persons that partners entrust are rounded before they become observations."""
