"""How does the emulated Zalo Official Account behave?"""
