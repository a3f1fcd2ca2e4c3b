"""The office files of the two wards, as they are shipped."""

import os
from datetime import date
from pathlib import Path

from channels import registry
from config import catalogue
from config.office import Office, load_offices

SHIPPED = Path(__file__).parents[2] / "config" / "offices"


def shipped(**environ: str) -> tuple[Office, Office]:
    found = load_offices(SHIPPED, environ, registry.schemas())
    assert [str(one) for one in found.mistakes] == []
    first, second = found.offices
    return first, second


def test_the_two_wards_load_without_a_mistake_and_with_every_channel_off() -> None:
    for office in shipped():
        assert office.channels == ()
        assert {one.kind for one in office.channels_off} == {"telegram", "zalo_bot", "zalo_oa", "sms"}
        assert date(2026, 11, 24) in office.hours.days_off
        assert date(2026, 8, 22) in office.hours.extra_days
        for area in catalogue.load().areas:
            assert office.department_of(area) or office.outside_of(area)


def test_one_token_is_enough_to_turn_a_channel_on() -> None:
    ward, other = shipped(BNT_TELEGRAM_TOKEN="123456:made-up", BNT_TELEGRAM_GROUP="-1001")
    assert [type(one).__module__ for one in ward.channels] == ["channels.telegram.settings"]
    assert [one.chat for one in ward.staff_chats] == ["-1001"]
    assert other.channels == ()


def test_every_channel_of_the_wards_can_be_turned_on() -> None:
    names = {
        "TELEGRAM_TOKEN": "123456:made-up",
        "ZALO_BOT_TOKEN": "123:made-up",
        "ZALO_OA_APP_ID": "360",
        "ZALO_OA_APP_SECRET": "made-up",
        "ZALO_OA_ID": "579",
        "ZALO_OA_SECRET": "made-up",
        "ZALO_OA_API_URL": "http://127.0.0.1:9/oa",
        "SMS_URL": "http://127.0.0.1:9",
        "SMS_USERNAME": "made-up",
        "SMS_PASSWORD": "made-up",
        "SMS_SIGNING_KEY": "made-up-key",
        "TELEGRAM_API_URL": "http://127.0.0.1:9/telegram",
        "ZALO_BOT_API_URL": "http://127.0.0.1:9/zalo",
    }
    environ = {  # no two wards share an account
        f"{ward}_{name}": value if value.startswith("http") else f"{value}{number}"
        for number, ward in enumerate(("BNT", "NGN"))
        for name, value in names.items()
    }
    for office in shipped(**environ):
        assert [getattr(one, "name", "") for one in office.channels] == ["telegram", "zalo", "zalo-oa", "sms"]
        assert all(getattr(one, "api_url", "").startswith("http://127.0.0.1:9") for one in office.channels)
        assert office.channels_off == ()


def test_the_initiatives_of_both_plans_are_there() -> None:
    ward, other = shipped()
    assert [one.name for one in ward.models] == [
        "Ngày không viết",
        "Nhóm Zalo “Hỏi đáp, tư vấn online các thủ tục hành chính”",
    ]
    assert [one.name for one in other.models] == [
        "Công khai Thủ tục hành chính số",
        "Hồ sơ giấy một lần",
        "Hồ sơ không bản giấy",
        "Hồ sơ không hẹn",
        "Hồ sơ phi địa giới hành chính",
    ]


def test_the_shipped_files_hold_no_secret() -> None:
    for file in SHIPPED.iterdir():
        notices = load_offices(file, os.environ, registry.schemas()).notices
        assert not [one for one in notices if "secret" in one.what]
