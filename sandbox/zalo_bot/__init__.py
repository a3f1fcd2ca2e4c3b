"""How does the emulated Zalo Bot Platform behave?"""
