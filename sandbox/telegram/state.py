"""Whom and what does the emulated Telegram know: people, chats, topics, files?"""

from dataclasses import dataclass, field
from typing import Literal

from sandbox.conversation import Json, now
from sandbox.files import Blob
from sandbox.telegram.errors import bad, forbidden

# Ids from here down are supergroups, other negative ones basic groups (Bot API, type Chat).
SUPERGROUPS_FROM = -1_000_000_000_000


@dataclass
class Person:
    """A Telegram user."""

    id: int
    first_name: str

    def user(self) -> Json:
        """The User object."""
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": "vi"}


@dataclass
class Topic:
    """A forum topic."""

    id: int
    name: str
    icon_color: int = 7322096
    closed: bool = False


@dataclass
class Room:
    """A private chat (its id is the person's) or a group."""

    id: int
    type: Literal["private", "group", "supergroup"]
    title: str
    forum: bool = False
    members: dict[int, Person] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    bot_in: bool = True
    migrated_to: int | None = None
    last_id: int = 0

    def chat(self) -> Json:
        """The Chat object."""
        if self.type == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        more: Json = {"is_forum": True} if self.forum else {}
        return {"id": self.id, "type": self.type, "title": self.title} | more

    def next_id(self) -> int:
        """The id of the next message; each chat counts for itself."""
        self.last_id += 1
        return self.last_id


@dataclass(frozen=True)
class StoredFile:
    """A file under one of its Telegram ids."""

    id: str
    unique_id: str
    path: str
    blob: Blob


@dataclass
class State:
    """Everything the emulated Telegram remembers, except messages and updates."""

    bot: Json
    people: dict[int, Person] = field(default_factory=dict)
    rooms: dict[int, Room] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    paths: dict[str, StoredFile] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    profile: Json = field(default_factory=dict)
    queries: dict[str, Json] = field(default_factory=dict)

    def person(self, person_id: int, name: str | None = None) -> Person:
        """The person of that id, made on first mention; a new name replaces the old one."""
        person = self.people.setdefault(person_id, Person(person_id, name or f"Người dùng {person_id}"))
        if name:
            person.first_name = name
            if person_id in self.rooms:
                self.rooms[person_id].title = name
        return person

    def private(self, person: Person) -> Room:
        """The private chat with a person, made on first use."""
        if person.id not in self.rooms:
            self.rooms[person.id] = Room(person.id, "private", person.first_name, members={person.id: person})
        return self.rooms[person.id]

    def group(self, chat_id: int, forum: bool | None = None) -> Room:
        """The group of that id, made on first use; a supergroup has topics unless `forum` is False."""
        if chat_id not in self.rooms:
            supergroup = chat_id <= SUPERGROUPS_FROM
            self.rooms[chat_id] = Room(
                chat_id,
                "supergroup" if supergroup else "group",
                f"Nhóm {chat_id}",
                forum=supergroup and forum is not False,
                bot_in=False,
            )
        return self.rooms[chat_id]

    def room(self, chat: str | None) -> Room:
        """The chat a call is about. Raises Refusal when there is none, it moved, or the bot is not in it."""
        if not chat:
            raise bad("chat_id is empty")
        try:
            room = self.rooms.get(int(chat))
        except ValueError:
            room = None
        if room is None:
            raise bad("chat not found")
        if room.migrated_to is not None:
            refusal = bad("group chat was upgraded to a supergroup chat")
            refusal.parameters = {"migrate_to_chat_id": room.migrated_to}
            raise refusal
        if not room.bot_in:
            raise forbidden(f"bot is not a member of the {room.type} chat")
        return room


def timestamp() -> int:
    """The present moment in Unix seconds."""
    return int(now().timestamp())
