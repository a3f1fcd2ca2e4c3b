"""What does the phone receive when a person sends an SMS?"""

from datetime import datetime
from typing import TYPE_CHECKING

from sandbox import media
from sandbox.conversation import Json, Message
from sandbox.faults import Fault
from sandbox.network import ControlError, Done, Said
from sandbox.smsgate.state import ZONE, stamp

if TYPE_CHECKING:
    from sandbox.smsgate.network import SmsGate


def say(net: "SmsGate", said: Said) -> Done:
    """Lets a person do what `said` tells. Raises ControlError."""
    for field in ("edit", "thread", "migrate_to", "forum"):
        if getattr(said, field) is not None:
            raise ControlError(f'SMS has no "{field}"')
    key = net.chat_key(said.person)
    if said.chat is not None and net.chat_key(said.chat) != key:
        raise ControlError('SMS has no groups: leave "chat" out')
    if said.block is not None:
        # A phone that can no longer be reached: messages to it fail.
        net.faults.clear(key, "blocked")
        if said.block:
            net.faults.add(Fault("blocked", chat=key))
        return Done([])
    if said.album or (said.media is not None and said.media != "photo") or said.unsupported:
        raise ControlError('SMS carries text, and "photo" as an MMS notice')
    text = f"/start {said.start}".strip() if said.start is not None else said.text or said.press or ""
    digest, at = net.state.receive_hash(said.person, text, datetime.now(ZONE))
    common: Json = {"messageId": digest, "sender": said.person, "recipient": net.state.number}
    common |= {"phoneNumber": said.person, "simNumber": 1}
    entry = Message(digest, key, key, text, at, name=said.name or said.person)
    inbox: Json = {"id": digest, "sender": said.person, "recipient": net.state.number, "simNumber": 1}
    inbox |= {"contentPreview": text, "createdAt": stamp(at)}
    if said.media == "photo":
        picture = media.jpeg(240, 320, int(digest, 16))
        blob = net.ground.files.put(picture, "image/jpeg", "mms.jpg")
        entry.attachments = [{"kind": "photo"} | blob.shown()]
        notice = {"transactionId": digest, "subject": text or None, "size": len(picture), "receivedAt": stamp(at)}
        net.state.inbox.append(inbox | {"type": "MMS"})
        net.book.add(entry)
        net.phone.tell("mms:received", common | notice)
    else:
        net.state.inbox.append(inbox | {"type": "SMS"})
        net.book.add(entry)
        net.phone.tell("sms:received", common | {"message": text, "receivedAt": stamp(at)})
    return Done([digest])
