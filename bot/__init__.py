"""The conversation: what the office understands, says and does, and the program that keeps it running."""
