"""Who plays the day: invented residents and staff of phường Bắc Nha Trang, each on the app they would use."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from bot.stage import Stage
from sandbox.person import Person

GROUP = "-1002026112301"  # the team's Telegram group


@dataclass(frozen=True, slots=True)
class Cast:
    """Numbers and names are made up; the phone numbers are of no real subscriber."""

    hoa: Person  # resident, Zalo
    minh: Person  # resident, Telegram
    sau: Person  # resident, SMS
    lan: Person  # resident, Zalo
    mai: Person  # civil status and certification, Telegram
    nam: Person  # civil status, Telegram
    ha: Person  # land, Zalo only
    quang: Person  # construction and social protection, Telegram
    binh: Person  # supervisor, Telegram

    @property
    def residents(self) -> tuple[Person, ...]:
        return self.hoa, self.minh, self.sau, self.lan

    def everybody(self) -> Iterator[Person]:
        return (getattr(self, field.name) for field in fields(self))


def cast(stage: Stage) -> Cast:
    """The people, before anything is said."""
    return Cast(
        hoa=stage.person("zalo_bot", "a0000000000000000001", "Nguyễn Thị Hoa"),
        minh=stage.person("telegram", "70001", "Trần Minh"),
        sau=stage.person("smsgate", "+84912000001", "Ông Sáu"),
        lan=stage.person("zalo_bot", "a0000000000000000002", "Phạm Lan"),
        mai=stage.person("telegram", "80001", "Lê Thị Mai"),
        nam=stage.person("telegram", "80002", "Võ Nam"),
        ha=stage.person("zalo_bot", "b0000000000000000001", "Đặng Thu Hà"),
        quang=stage.person("telegram", "80003", "Huỳnh Quang"),
        binh=stage.person("telegram", "80009", "Nguyễn Thanh Bình"),
    )
