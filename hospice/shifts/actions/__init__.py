"""What changes shifts and the places on them; one verb group a module."""
