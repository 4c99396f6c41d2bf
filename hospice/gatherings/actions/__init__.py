"""Planning gatherings, asking people to them, and writing down what they said."""
