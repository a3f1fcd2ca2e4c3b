"""The catalogue made ready for matching, and what a message was understood as in the catalogue's own words."""

import functools
import hashlib
from pathlib import Path
from typing import Any

from config import catalogue as catalogues
from config.catalogue import Catalogue
from tickets import learnt, matching
from tickets.learnt import Model
from tickets.matching import AreaTerms, Index, ProcedureTerms

MODEL = Path(__file__).parents[1] / "config" / "understanding" / "model.bin"


@functools.cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the program, read once in a process."""
    return catalogues.load()


@functools.cache
def shipped() -> tuple[Catalogue, Index]:
    """That catalogue and its index, made once in a process: 25 MB that one without a worker spares itself."""
    known = shipped_catalogue()
    return known, index_of(known)


@functools.cache
def shipped_model(path: Path = MODEL) -> Model | None:
    """What was learnt, as `tohotro learn` left it; None without such a file. Raises ModelError for a damaged one."""
    return learnt.from_bytes(path.read_bytes()) if path.exists() else None


@functools.cache
def shipped_base(path: Path = MODEL) -> str:
    """What tells the shipped model from that of another version; empty without one."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def untaught(catalogue: Catalogue) -> Index:
    """The index of a catalogue without anything learnt: what learning itself begins with."""
    return _index(catalogue, None)


def index_of(catalogue: Catalogue, model: Model | None = None) -> Index:
    """The index of a catalogue with the shipped model, or another one; about a third of a second.

    The desk of an office is where messages go that are about nothing else, so it takes no part. A procedure without a
    code could not be named in an answer.
    """
    return _index(catalogue, model or shipped_model())


def _index(catalogue: Catalogue, model: Model | None) -> Index:
    return matching.build_index(
        [AreaTerms(area.id, area.name, area.keywords) for area in catalogue.areas.values() if area.kind != "desk"],
        [ProcedureTerms(one.code, one.name, one.area, one.synonyms) for one in catalogue.procedures if one.code],
        model,
    )


def routed(text: str, catalogue: Catalogue, index: Index) -> dict[str, Any]:
    """Where a message would go, as `tohotro route` prints it: the best area even when the decision is to ask."""
    found = matching.match(text, index, why=False)
    candidates = [
        {
            "area": catalogue.areas[one.id].name,
            "area_id": one.id,
            "procedure_code": _procedure(found, one.id, catalogue),
            "confidence": one.confidence,
        }
        for one in found.areas
    ]
    best = candidates[0] if candidates else {"area": None, "area_id": None, "procedure_code": None, "confidence": 0.0}
    return best | {"decision": found.decision, "candidates": candidates, "urgent": found.urgent, "kind": found.kind}


def _procedure(found: matching.Match, area: str, catalogue: Catalogue) -> str | None:
    """The likeliest procedure of an area."""
    for one in found.procedures:
        procedure = catalogue.procedure(one.id)
        if procedure is not None and procedure.area == area:
            return one.id
    return None
