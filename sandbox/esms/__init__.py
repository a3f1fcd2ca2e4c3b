"""How does the emulated eSMS (a brand name and a rented short code) behave?"""
