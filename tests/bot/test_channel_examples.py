"""The examples of docs/channels.md, copied into an office file as an administrator would, are right."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot import channel_table
from channels import registry
from config.office import load_offices
from tests.config.right_office import RIGHT

CHANNELS = RIGHT[RIGHT.index("channels:") : RIGHT.index("reception:")]
PAGE = channel_table.page()
BLOCKS = re.findall(r"```yaml\n(  - .*?)```", PAGE.partition("## Mẫu để chép")[2], re.DOTALL)


def test_everything_there_is_has_an_example_and_its_settings() -> None:
    found: list[dict[str, Any]] = [YAML(typ="safe").load(block)[0] for block in BLOCKS]
    named = [f"{one['kind']}/{one['gateway']}" if "gateway" in one else str(one["kind"]) for one in found]
    assert named == list(registry.abouts())
    tables = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert tables == list(dict.fromkeys([*registry.schemas(), *named]))
    assert PAGE.count("| `part_price` |") == 1, "what all gateways take is said once"


@pytest.mark.parametrize("block", BLOCKS, ids=list(registry.abouts()))
def test_an_example_is_right_as_it_stands_and_holds_no_secret(block: str, tmp_path: Path) -> None:
    assert "not-a-" not in block
    file = tmp_path / "office.yaml"
    file.write_text(RIGHT.replace(CHANNELS, f"channels:\n{block}"), encoding="utf-8")
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)\}", block), "1459000000000000001:made-up")
    environ |= {name: "made-up-secret" for name in environ if "TOKEN" not in name or "WEBHOOK" in name}
    loaded = load_offices(file, environ, registry.schemas())
    assert [str(one) for one in loaded.mistakes] == []
    assert len(loaded.offices[0].channels) == 1
    assert not [one for one in loaded.notices if "stands in the file" in str(one)]
