"""Ways beside email: text messages and chat, set up by an administrator."""
