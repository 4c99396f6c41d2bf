"""The hospice itself and the people who sign in to it."""
