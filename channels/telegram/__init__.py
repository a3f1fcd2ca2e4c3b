"""Telegram by aiogram's typed client. aiogram is not imported here: it costs a second, so the registry imports
`adapter` only for an office that has this channel, and `settings` alone to check an office file.
"""

from channels.telegram import lazily

lazily.install()
