"""Flask manners that the views share."""
