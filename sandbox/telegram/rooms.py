"""What can the bot ask about a chat, and what do with its topics?"""

from typing import TYPE_CHECKING

from sandbox.conversation import Json
from sandbox.params import Params
from sandbox.telegram.errors import bad
from sandbox.telegram.sending import Method, charge, put
from sandbox.telegram.state import Room, Topic

if TYPE_CHECKING:
    from sandbox.telegram.network import Telegram

# Bot API, createForumTopic.icon_color.
ICON_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def administrator(user: Json) -> Json:
    """The ChatMemberAdministrator object of a member with every right."""
    return {"status": "administrator", "user": user, "can_be_edited": False, "is_anonymous": False} | dict.fromkeys(
        RIGHTS, True
    )


async def get_chat(net: "Telegram", p: Params) -> Json:
    """getChat."""
    room = net.state.room(p.text("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return room.chat() | {
        "accent_color_id": abs(room.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, room.type == "private"),
    }


def _member(net: "Telegram", room: Room, user_id: int) -> Json:
    bot = net.state.bot
    if user_id == bot["id"]:
        return administrator(bot) if room.type != "private" else {"status": "member", "user": bot}
    person = net.state.people.get(user_id)
    if person is None:
        raise bad("member not found")
    if user_id not in room.members:
        return {"status": "left", "user": person.user()}
    if room.type != "private" and next(iter(room.members)) == user_id:
        return {"status": "creator", "user": person.user(), "is_anonymous": False}
    return {"status": "member", "user": person.user()}


async def get_member(net: "Telegram", p: Params) -> Json:
    """getChatMember."""
    user_id = p.integer("user_id")
    if user_id is None:
        raise bad("invalid user_id specified")
    return _member(net, net.state.room(p.text("chat_id")), user_id)


async def count_members(net: "Telegram", p: Params) -> int:
    """getChatMemberCount: people and the bot."""
    return len(net.state.room(p.text("chat_id")).members) + 1


async def administrators(net: "Telegram", p: Params) -> list[Json]:
    """getChatAdministrators: who made the group, and the bot."""
    room = net.state.room(p.text("chat_id"))
    if room.type == "private":
        raise bad("there are no administrators in the private chat")
    return [_member(net, room, user_id) for user_id in [*list(room.members)[:1], net.state.bot["id"]]]


async def leave(net: "Telegram", p: Params) -> bool:
    """leaveChat."""
    room = net.state.room(p.text("chat_id"))
    if room.type == "private":
        raise bad("chat member status can't be changed in private chats")
    room.bot_in = False
    return True


def _forum(net: "Telegram", p: Params) -> Room:
    room = net.state.room(p.text("chat_id"))
    if not room.forum:
        raise bad("the chat is not a forum")
    return room


def _topic(net: "Telegram", p: Params) -> tuple[Room, Topic]:
    room = _forum(net, p)
    topic = room.topics.get(p.integer("message_thread_id") or 0)
    if topic is None:
        raise bad("message thread not found")
    return room, topic


def _name(p: Params) -> str | None:
    name = p.text("name")
    if name is not None and not 1 <= len(name.strip()) <= 128:
        raise bad("topic name must be 1-128 characters long" if name.strip() else "TOPIC_TITLE_EMPTY")
    return name


async def create_topic(net: "Telegram", p: Params) -> Json:
    """createForumTopic; it counts as a message of the group (tdlib/td#2592)."""
    room, name = _forum(net, p), _name(p)
    if name is None:
        raise bad("TOPIC_TITLE_EMPTY")
    color = p.integer("icon_color") or ICON_COLORS[0]
    if color not in ICON_COLORS:
        raise bad("TOPIC_ICON_COLOR_INVALID")
    charge(net, room)
    created = {"name": name, "icon_color": color}
    topic = Topic(room.last_id + 1, name, color)
    place = {"message_thread_id": topic.id, "is_topic_message": True}
    room.topics[topic.id] = topic
    put(net, room, place | {"forum_topic_created": created})
    return created | {"message_thread_id": topic.id}


async def edit_topic(net: "Telegram", p: Params) -> bool:
    """editForumTopic."""
    room, topic = _topic(net, p)
    name = _name(p)
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    charge(net, room)
    topic.name = name or topic.name
    return True


async def close_topic(net: "Telegram", p: Params) -> bool:
    """closeForumTopic."""
    room, topic = _topic(net, p)
    if topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    charge(net, room)
    topic.closed = True
    return True


async def reopen_topic(net: "Telegram", p: Params) -> bool:
    """reopenForumTopic."""
    room, topic = _topic(net, p)
    if not topic.closed:
        raise bad("TOPIC_NOT_MODIFIED")
    charge(net, room)
    topic.closed = False
    return True


async def delete_topic(net: "Telegram", p: Params) -> bool:
    """deleteForumTopic: the topic goes with all its messages."""
    room, topic = _topic(net, p)
    remove_topic(net, room, topic.id)
    return True


def remove_topic(net: "Telegram", room: Room, topic_id: int) -> None:
    """Take a topic and its messages away, whoever wanted it."""
    del room.topics[topic_id]
    for message in net.book.seen(str(room.id), own=True):
        if message.raw.get("message_thread_id") == topic_id:
            message.deleted = True
    net.book.changed(str(room.id))


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatMemberCount": count_members,
    "getChatAdministrators": administrators,
    "leaveChat": leave,
    "createForumTopic": create_topic,
    "editForumTopic": edit_topic,
    "closeForumTopic": close_topic,
    "reopenForumTopic": reopen_topic,
    "deleteForumTopic": delete_topic,
}
