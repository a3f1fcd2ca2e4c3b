"""How does the emulated SMSGate phone (local mode of "SMS Gateway for Android") behave?"""
