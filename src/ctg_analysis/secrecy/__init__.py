"""What may not be told of persons that a partner counts: a count is rounded."""
