"""From facts to observations and what may be concluded from them: values, intervals, tests, comparisons, peers."""
