"""Pure functions, tables in and tables out: facts to observations, and what is computed of these."""
