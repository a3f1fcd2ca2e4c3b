"""What can be called on the OpenAPI of an Official Account?"""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox.conversation import Button, Json, Message
from sandbox.media import picture_size
from sandbox.params import Params
from sandbox.zalo_oa.errors import Refusal
from sandbox.zalo_oa.state import UPLOADS_LIVE, Upload, new_id

if TYPE_CHECKING:
    from sandbox.zalo_oa.network import ZaloOa

Method = Callable[["ZaloOa", Params], Awaitable[Any]]
TEXT = 2000
BUTTONS = 5
IMAGE, GIF, FILE = 1_000_000, 5_000_000, 5_000_000
PAGE = 10


async def consult(net: "ZaloOa", p: Params) -> Json:
    """/v3.0/oa/message/cs: the answer of the office to one person."""
    user, message = _text_of(_object(p.data("recipient")).get("user_id")), _object(p.data("message"))
    if not user or not message:
        raise Refusal(-201)
    entry = _composed(net, user, message)
    if not net.state.package:
        raise Refusal(-224)
    person = net.state.people.get(user)
    if person is None or net.faults.strikes("blocked", user):
        raise Refusal(-213)
    if not net.state.open(user):
        raise Refusal(-230)
    net.spoken(entry, message, echo_to=user)
    return {"message_id": entry.id, "user_id": user, "sent_time": net.state.milliseconds()}


async def to_group(net: "ZaloOa", p: Params) -> Json:
    """/v3.0/oa/group/message: a message into a group of the office."""
    group, message = _text_of(_object(p.data("recipient")).get("group_id")), _object(p.data("message"))
    if not group or not message:
        raise Refusal(-201)
    if group not in net.state.groups:
        raise Refusal(-403)
    entry = _composed(net, net.group_chat(group), message)
    net.spoken(entry, message, echo_to=group, group=True)
    return {"message_id": entry.id, "group_id": group}


def _composed(net: "ZaloOa", chat: str, message: Json) -> Message:
    """The message as the person will see it. Raises Refusal for whatever Zalo would not take."""
    text = message.get("text", "")
    if not isinstance(text, str):
        raise Refusal(-201)
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > TEXT:
        raise Refusal(-210)
    entry = Message(new_id(), chat, None, text, net.state.now())
    quoted = message.get("quote_message_id")
    if quoted:
        if net.book.find(chat, str(quoted)) is None:
            raise Refusal(-201, "quote_message_id is invalid")
        entry.reply_to = str(quoted)
    attachment = message.get("attachment")
    if attachment is not None:
        _attach(net, entry, _object(attachment))
    if not text and not entry.attachments and not entry.more:
        raise Refusal(-201, "message is empty")
    return entry


def _attach(net: "ZaloOa", entry: Message, attachment: Json) -> None:
    payload = _object(attachment.get("payload"))
    if attachment.get("type") == "file":
        entry.attachments = [{"kind": "document"} | _upload(net, payload.get("token"), "file")]
        return
    if attachment.get("type") != "template":
        raise Refusal(-201, "attachment is invalid")
    template = payload.get("template_type")
    elements = payload.get("elements")
    if template == "media":
        if not isinstance(elements, list) or len(elements) != 1:
            raise Refusal(-201, "elements is invalid")
        element = _object(elements[0])
        kind = element.get("media_type")
        if kind not in ("image", "gif"):
            raise Refusal(-201, "media_type is invalid")
        if kind == "gif" and not (element.get("width") and element.get("height")):
            raise Refusal(-201, "gif needs width and height")
        entry.attachments = [{"kind": "photo"} | _upload(net, element.get("attachment_id"), str(kind))]
    elif template == "request_user_info":
        if not isinstance(elements, list) or not elements or not _object(elements[0]).get("title"):
            raise Refusal(-201, "elements is invalid")
        entry.more = {"form": _object(elements[0])}
    elif template in (None, "text", "list") and isinstance(payload.get("buttons"), list):
        entry.keyboard = [[_button(one)] for one in _buttons(net, payload["buttons"])]
    else:
        raise Refusal(-233)


def _buttons(net: "ZaloOa", buttons: list[Any]) -> list[Any]:
    if net.faults.strikes("no-buttons"):
        raise Refusal(-233)
    if not 0 < len(buttons) <= BUTTONS:
        raise Refusal(-201, "buttons is invalid")
    return buttons


def _button(value: Any) -> Button:
    one = _object(value)
    title, payload = one.get("title"), one.get("payload")
    if not isinstance(title, str) or not 0 < len(title) <= 100 or not isinstance(payload, str) or len(payload) > 1000:
        raise Refusal(-201, "button is invalid")
    if one.get("type") not in ("oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.phone", "oa.open.sms"):
        raise Refusal(-201, "button type is invalid")
    return Button(title, data=payload)


def _upload(net: "ZaloOa", given: Any, kind: str) -> Json:
    found = net.state.uploads.get(str(given))
    if found is None or found.kind != kind or net.state.now() >= found.expires or net.faults.strikes("expired-upload"):
        raise Refusal(-100)
    return found.blob


def _uploader(kind: str, limit: int, endings: tuple[str, ...], key: str) -> Method:
    async def upload(net: "ZaloOa", p: Params) -> Json:
        given = p.files.get("file")
        if given is None:
            raise Refusal(-201, "file is missing")
        if "." not in given.name:
            return {}  # as was seen: no error, and no id either
        if not given.name.lower().endswith(endings):
            raise Refusal(-201, "file type is not supported")
        if kind == "image" and picture_size(given.data) is None:
            raise Refusal(-201, "file is no picture")
        if len(given.data) > limit:
            raise Refusal(-210)
        blob = net.ground.files.put(given.data, given.content_type, given.name)
        made = Upload(new_id(), kind, blob.shown(), net.state.now() + UPLOADS_LIVE)
        net.state.uploads[made.id] = made
        return {key: made.id}

    return upload


async def get_oa(net: "ZaloOa", _p: Params) -> Json:
    """/v2.0/oa/getoa."""
    package = "OA Nâng cao" if net.state.package else "OA Miễn phí"
    known = {"oa_id": net.state.oa_id, "name": net.state.name, "is_verified": True, "package_name": package}
    return known | {"num_follower": sum(person.follows for person in net.state.people.values())}


async def detail(net: "ZaloOa", p: Params) -> Json:
    """/v3.0/oa/user/detail."""
    user = _text_of(_query(p).get("user_id"))
    if not net.state.package:
        raise Refusal(-224)
    person = net.state.people.get(user)
    if person is None:
        raise Refusal(-213)
    last = person.last_interaction
    return {
        "user_id": user,
        "user_id_by_app": f"71{user[2:]}",
        "user_external_id": "",
        "display_name": person.name,
        "user_alias": person.name,
        "is_sensitive": False,
        "user_is_follower": person.follows,
        "user_last_interaction_date": last.strftime("%d/%m/%Y") if last else "",
        "avatar": "",
        "tags_and_notes_info": {"notes": [], "tag_names": []},
        "shared_info": {"name": "", "phone": "", "address": "", "city": "", "district": ""} | person.shared,
    }


async def recent(net: "ZaloOa", p: Params) -> list[Json]:
    """/v2.0/oa/listrecentchat: the last message of each chat, newest first."""
    query = _query(p)
    lasts = []
    for user in net.state.people:
        said = net.book.seen(user, own=True)
        if said:
            lasts.append(said[-1])
    lasts.sort(key=lambda message: message.at, reverse=True)
    return [_row(net, message) for message in _page(query, lasts)]


async def conversation(net: "ZaloOa", p: Params) -> list[Json]:
    """/v2.0/oa/conversation: one chat, newest first."""
    query = _query(p)
    said = net.book.seen(_text_of(query.get("user_id")), own=True)
    return [_row(net, message) for message in _page(query, said[::-1])]


def _page(query: Json, rows: list[Message]) -> list[Message]:
    offset, count = int(query.get("offset") or 0), int(query.get("count") or PAGE)
    if not 0 < count <= PAGE:
        raise Refusal(-201, "count is invalid")
    return rows[offset : offset + count]


def _row(net: "ZaloOa", message: Message) -> Json:
    person = net.state.person(message.chat)
    theirs = {"id": person.id, "display_name": person.name, "avatar": ""}
    ours = {"id": net.state.oa_id, "display_name": net.state.name, "avatar": ""}
    by_office = message.author is None or message.author == net.state.oa_id
    sender, target = (ours, theirs) if by_office else (theirs, ours)
    kind = message.attachments[0]["kind"] if message.attachments else "text"
    row: Json = {
        "src": 0 if by_office else 1,
        "time": int(message.at.timestamp() * 1000),
        "type": "image" if kind == "photo" else "file" if kind == "document" else kind,
        "message": message.text,
        "message_id": message.id,
    }
    row |= {f"from_{name}": value for name, value in sender.items()}
    row |= {f"to_{name}": value for name, value in target.items()}
    if message.attachments and message.attachments[0].get("url"):
        row["url"] = net.ground.url + str(message.attachments[0]["url"])
    return row


async def quota(net: "ZaloOa", p: Params) -> Json:
    """/v3.0/oa/quota/message: when the person spoke last, and what may still be sent to them."""
    person = net.state.people.get(_text_of(p.data("user_id")))
    last = person.last_interaction if person else None
    since = int(last.timestamp() * 1000) if last else 0
    return {"last_interaction": since, "cs": {"remain": 8, "total": 8}, "user_id": person.id if person else ""}


def _query(p: Params) -> Json:
    """GET parameters: one JSON under `data`."""
    try:
        found = json.loads(p.text("data") or "")
    except ValueError:
        raise Refusal(-201, "data is invalid") from None
    return _object(found)


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


POST: dict[str, Method] = {
    "/v3.0/oa/message/cs": consult,
    "/v3.0/oa/group/message": to_group,
    "/v3.0/oa/quota/message": quota,
    "/v2.0/oa/upload/image": _uploader("image", IMAGE, (".jpg", ".jpeg", ".png"), "attachment_id"),
    "/v2.0/oa/upload/gif": _uploader("gif", GIF, (".gif",), "attachment_id"),
    "/v2.0/oa/upload/file": _uploader("file", FILE, (".pdf", ".doc", ".docx"), "token"),
}
GET: dict[str, Method] = {
    "/v2.0/oa/getoa": get_oa,
    "/v3.0/oa/user/detail": detail,
    "/v2.0/oa/listrecentchat": recent,
    "/v2.0/oa/conversation": conversation,
}
SPEAKING = {"/v3.0/oa/message/cs", "/v3.0/oa/group/message"}
