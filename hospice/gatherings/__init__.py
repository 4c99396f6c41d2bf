"""People who come together: families to remember, volunteers and staff to talk."""
