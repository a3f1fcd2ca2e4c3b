"""How does the emulated Jasmin (one user of its HTTP API) behave?"""
