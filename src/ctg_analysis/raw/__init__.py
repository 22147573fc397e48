"""Files as received: fetched, certified, opened. Nothing is interpreted."""
