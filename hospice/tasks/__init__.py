"""Things promised or to be done, each with an owner and a day."""
