"""Telegram by aiogram's typed client. Nothing is imported here: aiogram costs about three seconds, so the registry
imports `adapter` only for an office that has this channel, and `settings` alone to check an office file.
"""
