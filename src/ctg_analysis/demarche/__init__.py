"""The démarche: its tables, survey, voices, priorities, plan, and what is counted of them."""
