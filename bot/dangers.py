"""Which national numbers help in which danger."""

from bot.texts.catalog import Catalog

# The public short numbers, those that help most first. 111 takes reports of trafficking as well as of children.
_HELP = {
    "violence": ("police", "child", "ambulance"),
    "abuse": ("child", "police", "ambulance"),
    "trafficking": ("trafficking", "police"),
    "suicide": ("ambulance", "police", "child"),
    "flood": ("rescue", "fire", "ambulance"),
    "collapse": ("fire", "rescue", "ambulance"),
    "fire": ("fire", "ambulance", "police"),
    "electricity": ("fire", "ambulance"),
    "trap": ("police", "fire"),
    "alone": ("police", "child", "ambulance"),
    "life": ("ambulance", "police"),
}
_ANY = ("police", "child", "ambulance", "fire")


def numbers(texts: Catalog, language: str, danger: str) -> str:
    """Whom to call in a danger of this kind (`Match.danger`), in words; the four best known when it has no kind."""
    return ", ".join(texts.say(language, f"danger.{one}") for one in _HELP.get(danger, _ANY))
