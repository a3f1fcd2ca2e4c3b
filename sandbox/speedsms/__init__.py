"""How does the emulated SpeedSMS (one account with a two-way number) behave?"""
