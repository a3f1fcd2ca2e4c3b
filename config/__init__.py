"""Settings, the office files, the catalogue and the stores: what the program is told before it starts."""
