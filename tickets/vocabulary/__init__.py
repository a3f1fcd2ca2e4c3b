"""How residents speak of each procedure area in everyday words, beside the official names that the catalogue holds.

Written from general knowledge of how people in the North, Centre and South speak. Marks are for the reader and for
messages that carry marks; short forms and spelling are the business of `tickets/shorthand.py`.
"""

from tickets.vocabulary import beyond, care, civil, community, land
from tickets.vocabulary.expressions import Expressions

AREAS: dict[str, Expressions] = {**civil.AREAS, **care.AREAS, **land.AREAS, **community.AREAS, **beyond.AREAS}

__all__ = ["AREAS", "Expressions"]
