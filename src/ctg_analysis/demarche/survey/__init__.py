"""The consultation of the residents: answers, weights, estimates, through the gate of the survey."""
