"""The field material of a démarche: what residents, partners and élus said and decided, in plain files."""
