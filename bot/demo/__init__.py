"""A scripted working day of one ward, played through the real program over the emulated networks, and checked."""
