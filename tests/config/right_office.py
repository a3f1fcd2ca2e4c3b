"""A right office file, a kind of channel for tests alone, and ways to change and load it."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from config import catalogue
from config.mistakes import Mistake
from config.office import Loaded, load_offices


class Pigeon(BaseModel):
    """A kind of channel for these tests alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    kind: Literal["pigeon"]
    token: SecretStr = Field(description="the ring on its foot")
    speed: int = Field(default=80, ge=1)
    mode: Literal["fly", "walk"] = "fly"
    proxy: str | None = None

    @field_validator("token")
    @classmethod
    def _a_ring(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith("ring-"):
            raise ValueError("A ring begins with ring-")
        return value


SCHEMAS = {"pigeon": Pigeon, "drum": Pigeon}
ENVIRON = {"LOFT_TOKEN": "ring-hush", "LOFT_GROUP": "-100123"}
OTHERS = [area for area in catalogue.load().areas if area not in {"tiep-nhan", "ho-tich", "chung-thuc", "dat-dai"}]
RIGHT = f"""\
office: thu-nghiem
name: UBND phường Thử Nghiệm
superior: UBND tỉnh Thử Nghiệm
timezone: Asia/Ho_Chi_Minh
language: vi
channels:
  - name: loft
    kind: pigeon
    token: "${{LOFT_TOKEN}}"
    speed: 90
staff_chats:
  - {{channel: loft, chat: "${{LOFT_GROUP}}"}}
reception: tiep-nhan
departments:
  - id: mot-cua
    name: Một cửa
    areas: [tiep-nhan, {", ".join(OTHERS)}]
  - id: van-phong
    name: Văn phòng
    areas: [ho-tich, chung-thuc]
outside:
  - {{id: dat, name: Văn phòng đăng ký đất đai, areas: [dat-dai]}}
hours:
  mon-fri: ["07:30-11:30", "13:30-17:00"]
  days_off: [2026-11-24]
  working_saturdays: [2026-08-22]
promises:
  default: {{first_reply: 1h, resolve: 8h, warn_at: 75%}}
  areas:
    ho-tich: {{first_reply: 30m}}
escalation:
  - {{after: 0m, to: assignee}}
  - {{after: 30m, to: lead}}
models:
  - {{id: ngay-khong-viet, name: Ngày không viết, procedures: ["1.001193"]}}
reports:
  weekly: {{departments_by: "fri 11:00", office_by: "fri 15:00", since: 2025-08-27, to: [supervisor]}}
"""


def loaded(folder: Path, text: str | bytes, name: str = "thu-nghiem.yaml", **environ: str) -> Loaded:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_offices(file, ENVIRON | environ, SCHEMAS)


def changed(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def first_change(text: str) -> int:
    pairs = enumerate(zip(RIGHT.splitlines(), text.splitlines(), strict=False), 1)
    return next(number for number, (old, new) in pairs if old != new)


def only(found: Loaded) -> Mistake:
    assert len(found.mistakes) == 1, [str(one) for one in found.mistakes]
    assert found.offices == ()
    return found.mistakes[0]
