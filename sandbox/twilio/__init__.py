"""How does an emulated Twilio (one account with one number) behave?"""
