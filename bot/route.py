"""`tohotro route`: residents' words in, areas out, one JSON object a line, as soon as each line is read."""

import json
from typing import Any, TextIO

from bot.understanding import routed, shipped
from config.catalogue import Catalogue
from tickets.matching import Index


def main(source: TextIO, sink: TextIO) -> None:
    """Answer every line of `source` with one line in `sink`, flushed. A line that cannot be read gets its error."""
    known, index = shipped()
    for line in source:
        if line.strip():
            sink.write(json.dumps(answer(line, known, index), ensure_ascii=False) + "\n")
            sink.flush()


def answer(line: str, known: Catalogue, index: Index) -> dict[str, Any]:
    """What one line gets."""
    try:
        asked = json.loads(line.removeprefix("\ufeff"))  # Windows editors put a mark before the first line
    except (ValueError, RecursionError) as error:
        return {"error": f'not JSON: {error}; write {{"text": "…"}}'}
    text = asked.get("text") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        return {"error": 'there is no text; write {"text": "…"}'}
    return routed(text, known, index)
