"""What can be typed, one module per kind of speaker; a command is marked where it is written."""
