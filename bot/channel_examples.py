"""What an office can copy into its file for each network and gateway, and everything else it may say there.

Parts of docs/channels.md, written from the settings of the channels themselves.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from channels import registry
from channels.contract import About

_EXAMPLES = """
## Mẫu để chép · Examples to copy

Chép vào `channels` trong tệp của phường (`config/offices`), thay kênh cũ hoặc thêm kênh mới với `name` khác; rồi ghi
giá trị của từng biến vào `.env`, mỗi biến một dòng, như `ESMS_API_KEY=…`. Xong gõ `.venv/bin/tohotro check --online`.
To copy into `channels` of the office file; each variable gets its line in `.env`.
"""
_SETTINGS = """
## Thiết đặt của từng kênh · Settings of each

Ghi dưới kênh trong tệp của phường. Giá, hạn và mức của hãng có ngày đọc (`read 2026-11`); hãng đổi thì sửa ở đó.
Prices, windows and limits of a provider say when they were read; correct them in the office file when they change.
"""
_PLAIN = re.compile(r"[a-z][\w.-]*")
_HIDDEN = ("name", "kind", "gateway")


def page(abouts: Mapping[str, About]) -> str:
    """Both parts of the page, each with a block for every one of `abouts`."""
    examples = "".join(_example(name, about) for name, about in abouts.items())
    models = registry.schemas() | {name: model_of(about) for name, about in abouts.items()}
    tables = (_settings(name, model, models.get(name.partition("/")[0])) for name, model in models.items())
    return f"{_EXAMPLES}{examples}{_SETTINGS}{''.join(tables)}"


def model_of(about: About) -> type[BaseModel]:
    """The settings that the example of a network or gateway is one of."""
    found = registry.schemas()[about.example["kind"]]
    variant = getattr(found, "variant", None)
    return cast("type[BaseModel]", variant(about.example)) if variant is not None else found


def _example(name: str, about: About) -> str:
    fields = model_of(about).model_fields
    owner = name.rpartition("/")[2].upper()
    lines: list[str] = []
    for key, value in about.example.items():
        shown = f'"${{{owner}_{key.upper()}}}"' if _secret(fields[key]) else _shown(value)
        lines.append(f"{'    ' if lines else '  - '}{key}: {shown}\n")
    return f"\n{about.title}:\n\n```yaml\n{''.join(lines)}```\n"


def _settings(name: str, model: type[BaseModel], common: type[BaseModel] | None) -> str:
    """A table of what `model` takes; of a gateway only what its kind does not take for all of them."""
    known = common.model_fields if common is not None and common is not model else {}
    told = {key: f"{_default(one)} | {_told(one)}" for key, one in model.model_fields.items()}
    same = {key for key, one in known.items() if told.get(key) == f"{_default(one)} | {_told(one)}"}
    rows = [f"| `{key}` | {words} |\n" for key, words in told.items() if key not in {*_HIDDEN, *same}]
    return f"\n### {name}\n\n| | mặc định · default | |\n| --- | --- | --- |\n{''.join(rows)}"


def _told(field: FieldInfo) -> str:
    return (field.description or "").replace("|", "\\|")


def _secret(field: FieldInfo) -> bool:
    return SecretStr.__name__ in str(field.annotation)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "phải ghi · required"
    return "" if field.default in (None, "", ()) else f"`{_shown(field.default)}`"


def _shown(value: Any) -> str:
    """As YAML takes it, which JSON is a part of."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
