"""Does everything we may want said become the right calls of the Bot API, and nothing else?"""

from typing import Any

import pytest
from aiogram.types import BufferedInputFile

from channels.contract import AttachmentKind, Button, File, Menu, Outbound, OutboundFile, OutboundKind
from channels.errors import Refused
from channels.telegram import files, menus, render

PHOTO, DOCUMENT, VOICE, VIDEO, STICKER, LOCATION, CONTACT = AttachmentKind
PRESS = ((Button("Nhận", "/nhan 1042"), Button("Xem", "/xem 1042")), (), (Button("Chuyển", "/chuyen 1042"),))
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Nhận", "callback_data": "/nhan 1042"}, {"text": "Xem", "callback_data": "/xem 1042"}],
        [{"text": "Chuyển", "callback_data": "/chuyen 1042"}],
    ]
}
REPLY = {"message_id": 30, "allow_sending_without_reply": True}
CHAT = -1009000000001


def message(**parts: Any) -> Outbound:
    return Outbound(ref="r1", chat=str(CHAT), **parts)


def plainly(value: Any) -> Any:
    """A call's parameter without the library's types; a file to upload as (name, bytes)."""
    if isinstance(value, BufferedInputFile):
        return value.filename, value.data
    if isinstance(value, dict):
        return {key: plainly(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [plainly(item) for item in value]
    return value


def made(outbound: Outbound) -> list[tuple[str, dict[str, Any]]]:
    return [(call.__api_method__, plainly(call.model_dump(exclude_unset=True))) for call in render.calls(outbound)]


def of_bytes(kind: AttachmentKind, name: str, mime: str, content: bytes = b"bytes", shown: str = "") -> OutboundFile:
    return OutboundFile(kind, name=shown, file=File(content, name, mime))


def known(kind: AttachmentKind, ref: str) -> OutboundFile:
    return OutboundFile(kind, ref=ref)


LONG = "\n\n".join(f"Đoạn {number}. " + "Hồ sơ gồm có giấy tờ sau đây. " * 40 for number in range(1, 6))
PARTS = render.split(LONG, render.TEXT)
WORDS = "Mời ông bà đến nhận kết quả. " * 40  # more than a caption takes

ROWS = [
    pytest.param(message(text="Xin chào"), [("sendMessage", {"text": "Xin chào"})], id="words"),
    pytest.param(
        message(text="<b>không phải markup</b> *gì cả* {0}"),
        [("sendMessage", {"text": "<b>không phải markup</b> *gì cả* {0}"})],
        id="words that look like markup stay words",
    ),
    pytest.param(
        message(text="Phiếu 1042", buttons=PRESS, reply_to="30"),
        [("sendMessage", {"text": "Phiếu 1042", "reply_markup": KEYBOARD, "reply_parameters": REPLY})],
        id="buttons are commands, empty rows go, an answer survives the deletion of what it answers",
    ),
    pytest.param(
        message(text="x", reply_to="zalo-id"),
        [("sendMessage", {"text": "x"})],
        id="an id of another network is no reason not to speak",
    ),
    pytest.param(
        message(text=LONG, buttons=PRESS, reply_to="30"),
        [
            ("sendMessage", {"text": PARTS[0], "reply_parameters": REPLY}),
            ("sendMessage", {"text": PARTS[1], "reply_markup": KEYBOARD}),
        ],
        id="long words in parts, the answer on the first, buttons on the last",
    ),
    pytest.param(
        message(text="Ảnh đây", attachments=(known(PHOTO, "photo:AAA"),), buttons=PRESS, reply_to="30"),
        [
            (
                "sendPhoto",
                {"photo": "AAA", "caption": "Ảnh đây", "reply_markup": KEYBOARD, "reply_parameters": REPLY},
            )
        ],
        id="a photo with its words as caption",
    ),
    pytest.param(
        message(text=WORDS, attachments=(known(PHOTO, "photo:AAA"),), buttons=PRESS, reply_to="30"),
        [
            ("sendPhoto", {"photo": "AAA", "reply_parameters": REPLY}),
            ("sendMessage", {"text": WORDS.strip(), "reply_markup": KEYBOARD}),
        ],
        id="words too long for a caption follow the photo",
    ),
    pytest.param(
        message(text="😀" * 513, attachments=(known(PHOTO, "photo:AAA"),)),
        [("sendPhoto", {"photo": "AAA"}), ("sendMessage", {"text": "😀" * 513})],
        id="a caption is counted in UTF-16 units",
    ),
    pytest.param(
        message(
            text="Hai mặt",
            attachments=(known(PHOTO, "photo:A"), known(VIDEO, "video:B"), of_bytes(PHOTO, "c.jpg", "image/jpeg")),
            reply_to="30",
        ),
        [
            (
                "sendMediaGroup",
                {
                    "media": [
                        {"media": "A", "caption": "Hai mặt"},
                        {"media": "B"},
                        {"media": ("c.jpg", b"bytes")},
                    ],
                    "reply_parameters": REPLY,
                },
            )
        ],
        id="photos and videos in one album, the words below the first",
    ),
    pytest.param(
        message(text="Hai mặt", attachments=(known(PHOTO, "photo:A"), known(PHOTO, "photo:B")), buttons=PRESS),
        [
            ("sendMediaGroup", {"media": [{"media": "A"}, {"media": "B"}]}),
            ("sendMessage", {"text": "Hai mặt", "reply_markup": KEYBOARD}),
        ],
        id="an album takes no buttons, so the words carry them",
    ),
    pytest.param(
        message(attachments=(known(PHOTO, "photo:A"), known(PHOTO, "photo:B")), buttons=PRESS),
        [("sendPhoto", {"photo": "A"}), ("sendPhoto", {"photo": "B", "reply_markup": KEYBOARD})],
        id="without words the last photo stays alone to carry the buttons",
    ),
    pytest.param(
        message(
            attachments=(
                known(DOCUMENT, "document:D1"),
                known(PHOTO, "photo:P"),
                known(DOCUMENT, "document:D2"),
                known(VOICE, "audio:S1"),
                known(VOICE, "audio:S2"),
                known(VOICE, "voice:V"),
            )
        ),
        [
            ("sendMediaGroup", {"media": [{"media": "D1"}, {"media": "D2"}]}),
            ("sendPhoto", {"photo": "P"}),
            ("sendMediaGroup", {"media": [{"media": "S1"}, {"media": "S2"}]}),
            ("sendVoice", {"voice": "V"}),
        ],
        id="albums hold one kind each, in the order of their first",
    ),
    pytest.param(
        message(attachments=tuple(known(PHOTO, f"photo:{number}") for number in range(11))),
        [
            ("sendMediaGroup", {"media": [{"media": str(number)} for number in range(10)]}),
            ("sendPhoto", {"photo": "10"}),
        ],
        id="an album holds ten",
    ),
    pytest.param(
        message(attachments=(of_bytes(DOCUMENT, "../to khai\n.docx", "application/msword"),)),
        [("sendDocument", {"document": ("to khai .docx", b"bytes")})],
        id="a file's name has no folder and no line end",
    ),
    pytest.param(
        message(attachments=(of_bytes(DOCUMENT, "", "application/pdf"),)),
        [("sendDocument", {"document": ("file.pdf", b"bytes")})],
        id="a file without a name gets one",
    ),
    pytest.param(
        message(attachments=(of_bytes(DOCUMENT, "x.bin", "", shown="Đơn.pdf"),)),
        [("sendDocument", {"document": ("Đơn.pdf", b"bytes")})],
        id="the name given for sending counts more than the file's own",
    ),
    pytest.param(
        message(attachments=(of_bytes(PHOTO, "scan.heic", "image/heic"),)),
        [("sendDocument", {"document": ("scan.heic", b"bytes")})],
        id="a picture Telegram cannot show goes as a document",
    ),
    pytest.param(
        message(attachments=(of_bytes(PHOTO, "", ""),)),
        [("sendPhoto", {"photo": ("file", b"bytes")})],
        id="a photo of unknown type is tried as a photo",
    ),
    pytest.param(
        message(attachments=(of_bytes(STICKER, "s.png", "image/png"),)),
        [("sendPhoto", {"photo": ("s.png", b"bytes")})],
        id="another network's sticker is a picture",
    ),
    pytest.param(
        message(attachments=(of_bytes(STICKER, "s.webp", "image/webp"),)),
        [("sendSticker", {"sticker": ("s.webp", b"bytes")})],
        id="a webp sticker is a sticker",
    ),
    pytest.param(
        message(attachments=(of_bytes(VOICE, "v.amr", "audio/amr"),)),
        [("sendDocument", {"document": ("v.amr", b"bytes")})],
        id="sound Telegram cannot play goes as a document",
    ),
    pytest.param(
        message(text="Nghe", attachments=(of_bytes(VOICE, "v.ogg", "audio/ogg; codecs=opus"),)),
        [("sendVoice", {"voice": ("v.ogg", b"bytes"), "caption": "Nghe"})],
        id="a voice message with words",
    ),
    pytest.param(
        message(text="Tròn", attachments=(known(VIDEO, "video_note:N"),)),
        [("sendVideoNote", {"video_note": "N"}), ("sendMessage", {"text": "Tròn"})],
        id="what takes no caption is followed by the words",
    ),
    pytest.param(
        message(attachments=(known(VIDEO, "animation:G"),)),
        [("sendAnimation", {"animation": "G"})],
        id="an animation goes back as one",
    ),
    pytest.param(
        message(attachments=(known(DOCUMENT, "BQACAgUAAx"),)),
        [("sendDocument", {"document": "BQACAgUAAx"})],
        id="a bare file id goes by the kind that was said",
    ),
    pytest.param(
        message(attachments=(OutboundFile(PHOTO, url="https://vi-du.test/a.jpg?sig=1"),)),
        [("sendPhoto", {"photo": "https://vi-du.test/a.jpg?sig=1"})],
        id="a public address, when there is nothing else",
    ),
    pytest.param(
        message(text="Ở đây", attachments=(known(LOCATION, "geo:12.28,109.2"),), buttons=PRESS),
        [
            ("sendLocation", {"latitude": 12.28, "longitude": 109.2}),
            ("sendMessage", {"text": "Ở đây", "reply_markup": KEYBOARD}),
        ],
        id="a place, then the words",
    ),
    pytest.param(
        message(attachments=(OutboundFile(CONTACT, name="Nguyễn Văn Mẫu", ref="tel:+84900000001"),)),
        [("sendContact", {"phone_number": "+84900000001", "first_name": "Nguyễn Văn Mẫu"})],
        id="a contact",
    ),
    pytest.param(
        message(kind=OutboundKind.EDIT, message_id="30", text="Đã nhận", buttons=PRESS),
        [("editMessageText", {"message_id": 30, "text": "Đã nhận", "reply_markup": KEYBOARD})],
        id="an edit",
    ),
    pytest.param(
        message(kind=OutboundKind.EDIT, message_id="30", text="Đã xong"),
        [("editMessageText", {"message_id": 30, "text": "Đã xong", "reply_markup": None})],
        id="an edit without buttons takes the old ones away",
    ),
    pytest.param(
        message(kind=OutboundKind.EDIT, message_id="30", buttons=PRESS),
        [("editMessageReplyMarkup", {"message_id": 30, "reply_markup": KEYBOARD})],
        id="an edit of the buttons alone",
    ),
    pytest.param(
        message(kind=OutboundKind.ANSWER_PRESS, press_id="30001", text="Đã nhận phiếu 1042"),
        [("answerCallbackQuery", {"callback_query_id": "30001", "text": "Đã nhận phiếu 1042"})],
        id="the answer to a press",
    ),
    pytest.param(
        message(kind=OutboundKind.ANSWER_PRESS, press_id="30001"),
        [("answerCallbackQuery", {"callback_query_id": "30001", "text": None})],
        id="a press answered without words",
    ),
    pytest.param(
        message(kind=OutboundKind.ANSWER_PRESS, press_id="30001", text="Phiếu này đã có người nhận. " * 10),
        [
            (
                "answerCallbackQuery",
                {"callback_query_id": "30001", "text": ("Phiếu này đã có người nhận. " * 7).strip() + "…"},
            )
        ],
        id="the answer to a press is cut between words",
    ),
]


@pytest.mark.parametrize(("outbound", "expected"), ROWS)
def test_calls(outbound: Outbound, expected: list[tuple[str, dict[str, Any]]]) -> None:
    to_chat = {} if outbound.kind is OutboundKind.ANSWER_PRESS else {"chat_id": CHAT}
    wanted = [(method, plainly(to_chat | parameters)) for method, parameters in expected]
    calls = made(outbound)
    for _, parameters in calls:
        assert "parse_mode" not in parameters
    assert calls == wanted


@pytest.mark.parametrize(
    "outbound",
    [
        pytest.param(message(), id="nothing at all"),
        pytest.param(message(text=" \n "), id="only white space"),
        pytest.param(message(text="x", buttons=((Button("Nhận", "/" + "n" * 64),),)), id="a command of 65 bytes"),
        pytest.param(
            message(text="x", buttons=((Button("Nhận", "/nhận" * 10),),)), id="a command of 70 bytes in UTF-8"
        ),
        pytest.param(message(text="x", buttons=((Button("Nhận", ""),),)), id="a button without a command"),
        pytest.param(message(attachments=(OutboundFile(PHOTO),)), id="a file with nothing in it"),
        pytest.param(message(attachments=(of_bytes(DOCUMENT, "a", "", b""),)), id="a file of no bytes"),
        pytest.param(message(attachments=(OutboundFile(LOCATION, ref="geo:?"),)), id="a place that is none"),
        pytest.param(message(attachments=(OutboundFile(CONTACT, name="Mẫu"),)), id="a contact without a number"),
        pytest.param(message(kind=OutboundKind.EDIT, text="x"), id="an edit of no message"),
        pytest.param(message(kind=OutboundKind.EDIT, message_id="30", text="x" * 4097), id="an edit too long"),
        pytest.param(Outbound(ref="r", chat="+84900000001", text="x"), id="a chat of another network"),
    ],
)
def test_refused_before_anything_is_sent(outbound: Outbound) -> None:
    with pytest.raises(Refused):
        render.calls(outbound)


def test_sizes() -> None:
    too_large = File(bytes(files.UPLOAD_LIMIT + 1), "a.pdf", "application/pdf")
    with pytest.raises(Refused):
        render.calls(message(attachments=(OutboundFile(DOCUMENT, file=too_large),)))
    large_photo = File(bytes(files.PHOTO_LIMIT + 1), "a.jpg", "image/jpeg")
    (call,) = render.calls(message(attachments=(OutboundFile(PHOTO, file=large_photo),)))
    assert call.__api_method__ == "sendDocument"


def test_the_edit_of_a_caption() -> None:
    edit = message(kind=OutboundKind.EDIT, message_id="30", text="Đã nhận", buttons=PRESS)
    call = render.caption_edit(edit)
    assert call.__api_method__ == "editMessageCaption"
    assert plainly(call.model_dump(exclude_unset=True)) == {
        "chat_id": CHAT,
        "message_id": 30,
        "caption": "Đã nhận",
        "reply_markup": KEYBOARD,
    }
    with pytest.raises(Refused):
        render.caption_edit(message(kind=OutboundKind.EDIT, message_id="30", text="x" * 1025))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("C:\\Users\\mau\\Đơn.docx", "Đơn.docx", id="a Windows path"),
        pytest.param("/etc/passwd", "passwd", id="a path"),
        pytest.param("a\u202excod.exe", "axcod.exe", id="a name that reads backwards"),
        pytest.param("x" * 200 + ".pdf", "x" * 116 + ".pdf", id="a long name keeps its ending"),
        pytest.param("", "", id="none"),
    ],
)
def test_file_names(name: str, safe: str) -> None:
    assert files.safe_name(name) == safe


def test_menus_per_chat_and_language() -> None:
    calls = menus.calls(
        (
            Menu("vi", (("thutuc", "Tra cứu thủ tục"), ("trogiup", ""))),
            Menu("en", (("thutuc", "x" * 300),)),
            Menu("vi", (("cho", "Phiếu đang chờ"),), chat="-1009000000001"),
            Menu("vi", (), chat="700002"),
        )
    )
    assert [(call.__api_method__, call.model_dump(exclude_none=True)) for call in calls] == [
        (
            "setMyCommands",
            {
                "commands": [
                    {"command": "thutuc", "description": "Tra cứu thủ tục"},
                    {"command": "trogiup", "description": "trogiup"},
                ],
                "scope": {"type": "default"},
            },
        ),
        (
            "setMyCommands",
            {
                "commands": [{"command": "thutuc", "description": "x" * 256}],
                "scope": {"type": "default"},
                "language_code": "en",
            },
        ),
        (
            "setMyCommands",
            {
                "commands": [{"command": "cho", "description": "Phiếu đang chờ"}],
                "scope": {"type": "chat", "chat_id": -1009000000001},
            },
        ),
        ("deleteMyCommands", {"scope": {"type": "chat", "chat_id": 700002}}),
    ]


@pytest.mark.parametrize("word", ["nhận", "/nhan", "Nhan", "n" * 33, "", "nhan phieu"])
def test_a_word_telegram_does_not_take_is_our_mistake(word: str) -> None:
    with pytest.raises(ValueError, match="command word"):
        menus.calls((Menu("vi", ((word, "x"),)),))


def test_a_menu_has_an_end() -> None:
    with pytest.raises(ValueError, match="100 commands"):
        menus.calls((Menu("vi", tuple((f"c{number}", "x") for number in range(101))),))
