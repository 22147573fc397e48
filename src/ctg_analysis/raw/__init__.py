"""Files as received: fetched, certified, opened, searched for persons. No figure is interpreted."""
