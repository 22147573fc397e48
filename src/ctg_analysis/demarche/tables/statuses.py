"""Words of the tables that decide what is counted: an action that was given up, a convention or a service in force."""

VALID, DROPPED = "validée", "abandonnée"  # an action; a convention is valid too
ACTIVE = "en service"  # a service
