"""How aiogram is imported without 100 MB of models that nobody asks for: each is built when it is first used.

aiogram (3.31) marks its models of Telegram's types to be built late, and then builds all three hundred of them at the
end of its import, each with everything it holds: 107 of the 126 MB and most of the three seconds that import costs.
Here the last step only notes the names the types know each other by; pydantic asks for a model to be built when it is
first used, and gets those names. What we use of it then takes 8 MB.
"""

import sys
from typing import Any

from pydantic import BaseModel

_MODELS = ("aiogram.", "channels.telegram.")  # where models stand that hold the library's
_names: dict[str, Any] = {}
_build = BaseModel.model_rebuild.__func__  # type: ignore[attr-defined]  # a class method, seen as bound to its class


def _rebuild(
    cls: type[BaseModel],
    *,
    force: bool = False,
    raise_errors: bool = True,
    _parent_namespace_depth: int = 2,
    _types_namespace: dict[str, Any] | None = None,
) -> bool | None:
    """As pydantic's `model_rebuild`, which for the library's models, and ours of them, is put off or given names."""
    if cls.__module__.startswith(_MODELS):
        if _types_namespace is not None and not force:
            _names.update(_types_namespace)
            return None
        _types_namespace = _names
    built: bool | None = _build(
        cls,
        force=force,
        raise_errors=raise_errors,
        _parent_namespace_depth=_parent_namespace_depth + 1,  # this function is one frame more
        _types_namespace=_types_namespace,
    )
    return built


def install() -> None:
    """To be called before aiogram is imported; without effect when it has been."""
    if "aiogram" not in sys.modules:
        BaseModel.model_rebuild = classmethod(_rebuild)  # type: ignore[method-assign, assignment]  # the point of it
