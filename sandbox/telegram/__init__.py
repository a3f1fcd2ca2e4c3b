"""How does the emulated Telegram Bot API behave?"""
