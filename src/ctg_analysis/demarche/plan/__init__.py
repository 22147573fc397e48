"""The plan of actions: chain, calendar, budget, follow-up."""
