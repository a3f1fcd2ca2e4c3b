"""The calls that make, name, close and open a topic of a group; pure."""

from aiogram.methods import CloseForumTopic, CreateForumTopic, EditForumTopic, ReopenForumTopic

from channels.contract import group_of
from channels.errors import TopicGone
from channels.text import line

TITLE = 128  # characters (core.telegram.org/bots/api#createforumtopic, 2026-11)


def opening(group: str, title: str) -> CreateForumTopic:
    """The call that makes a topic in `group`."""
    return CreateForumTopic(chat_id=int(group), name=line(title, TITLE))


def titling(chat: str, title: str) -> EditForumTopic:
    """The call that gives the topic with this chat another title."""
    group, topic = _parts(chat)
    return EditForumTopic(chat_id=group, message_thread_id=topic, name=line(title, TITLE))


def shutting(chat: str, shut: bool) -> CloseForumTopic | ReopenForumTopic:
    """The call that closes a topic, or opens it again."""
    group, topic = _parts(chat)
    return (CloseForumTopic if shut else ReopenForumTopic)(chat_id=group, message_thread_id=topic)


def _parts(chat: str) -> tuple[int, int]:
    group = group_of(chat)
    topic = chat.removeprefix(group).removeprefix("/")
    if not topic.isascii() or not topic.isdigit():
        raise TopicGone("no topic's chat")
    return int(group), int(topic)
