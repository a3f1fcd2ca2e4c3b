"""What a channel is: the values that cross between a network and the rest, and the few duties of an adapter.

Text here is always plain text: a resident's words are data, never markup. An adapter may add markup of its own
network only around whole texts it has escaped itself.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be written to: a channel of the office (its name in the office file) and a chat there.

    `chat` is what the provider takes as recipient (chat id, phone in E.164); `user` is who spoke, equal to `chat`
    in a private chat on every network we know, but never relied upon to be. A topic of a group is a chat of its own:
    the group's id, `/`, the topic's.
    """

    channel: str
    chat: str
    user: str


def group_of(chat: str) -> str:
    """The group a topic belongs to; any other chat is itself. What is said in a topic draws on its group's limits."""
    return chat.partition("/")[0]


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something beside the words. `ref` is the provider's file id or address, meaningful to channel `channel` only."""

    kind: AttachmentKind
    channel: str = ""
    ref: str = ""
    name: str = ""
    mime: str = ""
    size: int = 0  # bytes; 0 when the provider does not say
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""  # of a shared contact


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of an attachment, fetched from its network."""

    content: bytes
    name: str
    mime: str


@dataclass(frozen=True, slots=True)
class Button:
    """A command typed for you: pressing `label` is the same as writing `command` in the chat."""

    label: str
    command: str


class InboundKind(StrEnum):
    MESSAGE = "message"
    EDITED = "edited"  # `message_id` names the message whose words changed
    PRESSED = "pressed"  # a button; `text` is its command, `message_id` the message it hung on
    JOINED = "joined"  # somebody or the bot itself came into a group, or wrote there for the first time
    LEFT = "left"  # the person blocked the bot, or the bot was put out of a group
    MIGRATED = "migrated"  # a group got a new chat id, in `text`
    UNSUPPORTED = "unsupported"  # the network would not show us what was sent; the sender is told of other ways
    FOLLOWED = "followed"  # the person follows the office's account, and may be greeted
    OPENED = "opened"  # the person opened the chat without a word; where there is a window, it begins anew
    STAFF_SAID = "staff_said"  # words of the office itself, ours or an officer's in the provider's own console
    WITHDRAWN = "withdrawn"  # the person asked the provider that their data be no longer used


class SenderClass(StrEnum):
    """Whether a sender can be answered (SMS: shared/short/alphanumeric senders cannot, and must never be)."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event from a network, normalised. `event_id` is unique within the channel account: the key of P2.

    `addressed` is about groups alone: what is said in a private chat is said to us. `text` is without our own name
    where the network marks it.
    """

    event_id: str
    kind: InboundKind
    chat: str
    user: str
    name: str = ""  # as the person calls themselves on that network; a nickname, never proof
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_id: str = ""  # the provider's id of the message itself
    reply_to: str = ""  # the provider's id of the message answered
    album: str = ""  # parts of one album share it
    group: bool = False
    addressed: bool = False  # in a group: the message mentions us or answers one of ours, as the network says
    forwarded: bool = False  # words passed on from elsewhere, as the network says: no command of the one who did
    sender: SenderClass = SenderClass.PERSON
    press_id: str = ""  # to be acknowledged with an Outbound of kind ANSWER_PRESS
    sent_at: datetime | None = None  # the provider's time, aware; says the order within a chat, and nothing else
    raw: Mapping[str, Any] = field(default_factory=dict)


class ReceiptState(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of something we sent. Found again by our own `ref`, or by the provider's `message_id`."""

    event_id: str
    state: ReceiptState
    ref: str = ""
    message_id: str = ""
    reason: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


Event = Inbound | Receipt


class OutboundKind(StrEnum):
    MESSAGE = "message"
    EDIT = "edit"  # put `text` and `buttons` in place of those of `message_id`
    ANSWER_PRESS = "answer_press"  # `text` may be empty; `press_id` says which press
    REACT = "react"  # put the sign `text` under `message_id`, in place of an earlier one of ours
    ASK_CONTACT = "ask_contact"  # a form for name, phone and address under `text`; its answer is an event of its own
    WITHDRAW = "withdraw"  # take `message_id`, which we sent, off the chat again


@dataclass(frozen=True, slots=True)
class Outbound:
    """One thing to send. `ref` is ours and the same at every try, so that a gateway with idempotency can use it."""

    ref: str
    chat: str
    kind: OutboundKind = OutboundKind.MESSAGE
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows of buttons
    attachments: tuple["OutboundFile", ...] = ()
    reply_to: str = ""
    message_id: str = ""
    press_id: str = ""
    only_for: str = ""  # in a group: the user who alone is to see it, where the network can do that
    again_since: datetime | None = None  # an earlier try since then (real time, aware) may have arrived


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file to send, in the form the network can take: its own `ref`, a public `url`, or the bytes of `file`."""

    kind: AttachmentKind
    name: str = ""
    ref: str = ""  # only when the attachment came from this very channel
    url: str = ""  # public and signed; empty when the office has no public address
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Accepted by the provider. One Outbound may have become several messages; `message_ids` keeps their order."""

    message_ids: tuple[str, ...]
    parts: int = 0  # paid for, on networks that are paid by the part


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a network lets us write: `burst` at once, and `per_second` from then on."""

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """How long after a person's last word we may write to them: free of charge, and at all."""

    free: timedelta
    last: timedelta
    price: int = 0  # đồng for a message after `free`


@dataclass(frozen=True, slots=True)
class FileLimit:
    """What a network takes of one kind of file: endings of names in lower case, and bytes."""

    suffixes: tuple[str, ...]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can carry, as data: the centre bends messages to it instead of asking which network it is."""

    max_text: int  # characters of one message, in UTF-16 units where the provider counts so
    buttons: bool = False  # real buttons; else numbered lines
    contact_form: bool = False  # can ask for name, phone and address by a form
    edits: bool = False  # a sent message can be changed in place
    replies: bool = False  # an answer names the message it answers
    groups: bool = False  # staff groups can work here
    slash: bool = False  # commands are written with a slash here (elsewhere the bare word is enough)
    diacritics: bool = True  # False: Vietnamese marks cost double here, sentences are sent without them
    files: frozenset[AttachmentKind] = frozenset()  # kinds that can be sent as bytes or reference
    file_urls: frozenset[AttachmentKind] = frozenset()  # kinds that can only be sent as a public address
    max_file: int = 0  # bytes
    file_limits: Mapping[AttachmentKind, tuple[FileLimit, ...]] = field(default_factory=dict)  # of `files`, if narrower
    window: Window | None = None  # when the network closes a chat we may no longer write to
    answer_within: float = 0.0  # seconds in which a webhook must be answered; 0: no hurry
    person_opens: bool = True  # a person must have written first before we may write to them
    per_chat: Rate | None = None  # to one private chat, edits in the same budget
    per_group: Rate | None = None  # to one group
    group_mark: str = ""  # with what the id of a group begins
    overall: Rate | None = None  # of the account, to all chats together
    receives: bool = True  # False: one-way, nobody can answer what comes from it
    templates: tuple[str, ...] = ()  # only texts that fit one of these leave (`fits` in channels/text.py)
    notices_by: str = ""  # the office's one-way channel for those notices that it has a template for
    by_part: bool = False  # each part of a short message is paid for (`sms_parts` in channels/text.py)
    part_price: int = 0  # đồng for one part; 0: nothing, or not known
    topics: bool = False  # groups can have topics, and the channel is `Topics`
    reactions: bool = False  # a sign can be put under a message
    withdraws: bool = False  # a sent message can be taken back
    max_fetch: int = 0  # bytes of the largest file received that can be fetched; 0: none is known
    monthly: int = 0  # messages the account may send in a month; 0: no such limit


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the provider wants to read in our 200, once its event is stored."""

    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@runtime_checkable
class Acknowledges(Protocol):
    """A channel whose provider looks at more than the status of our answer; the others need not have this."""

    def acknowledge(self, body: bytes, query: Mapping[str, str], status: bool) -> Acknowledgement:
        """The answer to a request that was verified and whose events are stored. Never raises."""


@dataclass(frozen=True, slots=True)
class About:
    """What an office should know before it chooses a network; docs/channels.md is written from it. `example` is a
    part of an office file from which the channel can be made, with secrets that are visibly none.
    """

    title: str
    proof: str  # how a callback proves where it comes from
    again: str  # whether a second try of one message is recognised
    reports: str  # what is heard of a message after it was taken
    costs: str  # with the date at which it was read
    example: Mapping[str, Any]


@runtime_checkable
class CatchesUp(Protocol):
    """A channel whose provider can be asked what was said while nobody listened, beside its duties as `Channel`."""

    async def missed(self, since: datetime) -> list[Inbound]:
        """What was said since then (aware), oldest first, with the ids of the webhook. Raises `errors.SendError`."""


@runtime_checkable
class TellsNames(Protocol):
    """A channel whose messages carry no names, but whose provider can be asked for them."""

    async def name_of(self, user: str) -> str:
        """What this person calls themselves, "" when the provider would not say. Raises `errors.SendError`."""


@runtime_checkable
class OfAnApp(Protocol):
    """A channel whose webhook may bring what belongs to another account of the same app: `parse` raises
    `errors.NotOurs` with the `account` of that other."""

    account: str  # unlike that of any other account, of any network


class Channel(Protocol):
    """One account on one network. Made by `channels.registry` from its part of the office file."""

    name: str  # as in the office file; the `channel` of an Address
    kind: str
    capabilities: Capabilities
    polls: bool  # True: `poll` is to be run; False: events come by webhook

    def verify(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> None:
        """Raise `errors.Unverified` unless these raw bytes come from the provider. `status`: a delivery report."""

    def parse(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], status: bool) -> list[Event]:
        """Verified bytes to events; unknown kinds give an empty list. Raises `errors.Malformed` for a broken body."""

    def poll(self) -> AsyncIterator[list[Event]]:
        """Batches of events for ever. The next batch is asked for only after the caller has stored this one."""

    async def send(self, message: Outbound) -> Sent:
        """Hand over one message. Raises a child of `errors.SendError`."""

    async def fetch(self, attachment: Attachment) -> File:
        """The bytes of something this channel received. Raises `errors.SendError` children."""

    async def announce(self, menus: "tuple[Menu, ...]") -> None:
        """Tell the network our command menus, where it has such a thing."""

    async def prepare(self, webhook_url: str) -> None:
        """Before the first event: register the webhook (`webhook_url`, empty when polling) or clear it."""

    async def whoami(self) -> str:
        """Ask the provider who we are, for `check --online` and `doctor`. Raises `errors.SendError` children."""

    async def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class Topics(Protocol):
    """What a channel with `capabilities.topics` can do besides. Each call draws on the group's limits (`per_group`).

    All raise children of `errors.SendError`: `NoTopics` where the group has none or we may not make any, `TopicGone`
    for one that was deleted, `NothingToChange` where it is so already.
    """

    async def open_topic(self, group: str, title: str) -> str:
        """Make a topic in `group`; returns its chat."""

    async def retitle_topic(self, chat: str, title: str) -> None:
        """Give a topic another title."""

    async def shut_topic(self, chat: str, shut: bool) -> None:
        """Close a topic, or open it again."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The commands one audience sees: `chat` empty for all residents, else one private chat or group."""

    language: str
    commands: tuple[tuple[str, str], ...]  # word, what it does
    chat: str = ""
