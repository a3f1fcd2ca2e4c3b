"""The shape of the vocabulary: expressions of one area in three strengths."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expressions:
    """Comma-separated expressions: `sure` says the area by itself, `usual` makes it likely, `hint` tips the balance.

    "a + b" stands for both anywhere in the message. No expression is longer than five words.
    """

    sure: str = ""
    usual: str = ""
    hint: str = ""
