"""What happens when somebody rings, and what happens by the clock."""
