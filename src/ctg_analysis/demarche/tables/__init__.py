"""The tables that a team fills: declarations only, in the YAML files of `declared`, one a stage of the démarche."""

from ctg_analysis.demarche.tables.declared_tables import read_tables

TABLES = read_tables()
PUBLIC = {name: table for name, table in TABLES.items() if not table.private}
RESTRICTED = {name: table for name, table in TABLES.items() if table.private}
