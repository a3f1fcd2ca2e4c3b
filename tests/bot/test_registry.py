"""Is a line of text taken for the command it means, and for no other?"""

import types

import pytest

from bot.commands import (
    calendar,
    canned_replies,
    common,
    duty,
    passing,
    resident,
    shift,
    staff,
    supervisor,
    teaching,
    team,
)
from bot.registry import Audience, Registry, command


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(
        [calendar, canned_replies, common, duty, passing, resident, shift, staff, supervisor, teaching, team]
    )


@pytest.mark.parametrize(
    ("line", "name", "args"),
    [
        pytest.param("/nhan 1042", "nhan", "1042", id="as printed in the design"),
        pytest.param("/NHẬN 1042", "nhan", "1042", id="capitals and diacritics"),
        pytest.param("nhận 1042", "nhan", "1042", id="without a slash"),
        pytest.param("nhan #1042", "nhan", "#1042", id="with the mark of a number"),
        pytest.param("/claim 1042", "nhan", "1042", id="in English"),
        pytest.param("/nhan@tohotro_bot 7", "nhan", "7", id="addressed to the bot in a group"),
        pytest.param("tl 12 mời ông tới", "tl", "12 mời ông tới", id="an answer with a number"),
        pytest.param("tl mời ông tới", "tl", "mời ông tới", id="an answer to the only ticket in hand"),
        pytest.param("/tl 12 dòng một\ndòng hai", "tl", "12 dòng một\ndòng hai", id="several lines stay as they are"),
        pytest.param("trả lời 12 vâng", "tl", "12 vâng", id="a name of two words"),
        pytest.param("của tôi", "cuatoi", "", id="two words without a slash"),
        pytest.param("cho", "cho", "", id="one word alone"),
        pytest.param("/chuyen 5 dat-dai sai phần", "chuyen", "5 dat-dai sai phần", id="arguments after the number"),
        pytest.param("xong", "xong", "", id="the number may be left out"),
        pytest.param("truc off", "truc", "off", id="an option without a slash"),
        pytest.param("trực nghỉ", "truc", "nghỉ", id="an option with diacritics"),
        pytest.param("/bangiao @12", "bangiao", "@12", id="a colleague's number, as a button types it"),
        pytest.param("/trợ giúp", "trogiup", "", id="help in two words"),
        pytest.param("phancong 12 Mai", "phancong", "12 Mai", id="a compound name with a number"),
        pytest.param("mau sua ho-tich Hẹn: Dạ", "mau", "sua ho-tich Hẹn: Dạ", id="writing a canned reply"),
        pytest.param("mẫu 12 giấy chứng sinh", "mau", "12 giấy chứng sinh", id="a canned reply for a ticket"),
        pytest.param("mau", "mau", "", id="the list of canned replies"),
        pytest.param("lich nghi 31/12 chiều lý do", "lich", "nghi 31/12 chiều lý do", id="a day off"),
        pytest.param("lịch 2027", "lich", "2027", id="the calendar of a year"),
        pytest.param("vang 25/11..27/11 nghỉ phép; thay Nam", "vang", "25/11..27/11 nghỉ phép; thay Nam", id="away"),
        pytest.param("vang @Mai Thử: 24/11 ốm", "vang", "@Mai Thử: 24/11 ốm", id="a colleague away"),
        pytest.param("vang het", "vang", "het", id="back again"),
        pytest.param("đúng 12 1.001193", "dung", "12 1.001193", id="the right procedure"),
        pytest.param("huỷ", "huy", "", id="the tone on the other vowel"),
        pytest.param("nhân 12", "nhan", "12", id="a tone forgotten"),
        pytest.param("Moicanbo totruong ho-tich", "moicanbo", "totruong ho-tich", id="a compound name in one piece"),
    ],
)
def test_a_line_of_staff_is_a_command(registry: Registry, line: str, name: str, args: str) -> None:
    found = registry.find(line, staff=True)
    assert found is not None
    assert (found.command.name, found.args) == (name, args)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("cho tôi hỏi khai sinh", id="the queue's word opens an ordinary sentence"),
        pytest.param("đợi chị một chút", id="wait, said to a person"),
        pytest.param("xong rồi em nhé", id="done, said to a person"),
        pytest.param("Vâng", id="yes, which is spelled like away without its marks"),
        pytest.param("vâng 2 bản ạ", id="yes and a number"),
        pytest.param("vâng mai ông ghé nhé", id="yes, tomorrow"),
        pytest.param("vang hom nay ong ghe nhe", id="yes, today, without marks"),
        pytest.param("Đúng", id="that is right, said to a person"),
        pytest.param("đúng 2 bản nhé", id="right, two copies"),
        pytest.param("đổi 12 bộ", id="to change, spelled like to wait without its marks"),
        pytest.param("mẫu này ông lấy ở quầy", id="a form, said to a person"),
        pytest.param("lịch nghỉ Tết phường sẽ báo sau", id="days off, said to a person"),
        pytest.param("mời cán bộ vào họp", id="the words of a compound name, spoken"),
        pytest.param("", id="nothing"),
        pytest.param("/", id="a slash alone"),
        pytest.param("/khongco 5", id="a word that does not exist"),
    ],
)
def test_ordinary_speech_of_staff_is_not_a_command(registry: Registry, line: str) -> None:
    assert registry.find(line, staff=True) is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("/start", "batdau", id="Telegram's first press"),
        pytest.param("TRANG THAI", "trangthai", id="an SMS in capitals"),
        pytest.param("gặp cán bộ", "gapcanbo", id="three words"),
        pytest.param("danh gia 5", "danhgia", id="a rating by SMS"),
        pytest.param("mới", "moi", id="one word"),
    ],
)
def test_a_line_of_a_resident_is_a_command(registry: Registry, line: str, name: str) -> None:
    found = registry.find(line, staff=False)
    assert found is not None
    assert found.command.name == name


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("/nhan 5", id="claim"),
        pytest.param("/quahan", id="late work"),
        pytest.param("nhan 5", id="claim without a slash"),
        pytest.param("mới sinh con thì làm giấy gì", id="the word for new opens a question"),
        pytest.param("thủ tục khai sinh cần giấy gì", id="the word for procedure opens a question"),
        pytest.param("đánh giá đất nhà tôi", id="the word for rating opens a question"),
    ],
)
def test_residents_have_no_staff_commands_and_may_use_the_words(registry: Registry, line: str) -> None:
    assert registry.find(line, staff=False) is None


def test_a_staff_word_with_a_slash_is_foreign_to_residents(registry: Registry) -> None:
    assert registry.is_foreign("/nhan 5")
    assert not registry.is_foreign("/trangthai")
    assert not registry.is_foreign("nhan 5")


def test_a_word_given_to_two_commands_fails_at_start() -> None:
    module = types.ModuleType("twice")

    async def first(_: object) -> None: ...

    async def second(_: object) -> None: ...

    for function, alias in ((first, "chung"), (second, "chung")):
        function.__module__ = "twice"
        setattr(module, function.__name__, command(function.__name__, alias, audience=Audience.STAFF)(function))
    with pytest.raises(ValueError, match="'chung' names both"):
        Registry([module])


def test_every_command_can_be_typed_in_a_telegram_menu(registry: Registry) -> None:
    for found in registry:
        assert found.name.isascii()
        assert found.name.isalnum()
        assert found.name.islower()
