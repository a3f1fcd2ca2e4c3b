"""How does the emulated phone send what it was asked to send, and tell the webhooks?"""

import asyncio
import random
import secrets
from typing import TYPE_CHECKING

from sandbox.conversation import Json, Message, now
from sandbox.deliver import Courier, Parcel
from sandbox.smsgate import signing
from sandbox.smsgate.numbers import normal, parts
from sandbox.smsgate.state import Outgoing, stamp

if TYPE_CHECKING:
    from sandbox.smsgate.network import SmsGate

EVENTS = (
    "sms:received",
    "sms:data-received",
    "sms:sent",
    "sms:delivered",
    "sms:failed",
    "sms:cancelled",
    "mms:received",
    "mms:downloaded",
    "system:ping",
    "app:started",
)
PATIENCE = 5.0
TRIES, LONGEST_WAIT = 15, 12.0


class Phone:
    """Works off the queue, one message after the other, and delivers events one at a time.

    An event that was refused is overtaken by later ones, as on the real phone: each has a lane of its own.
    """

    def __init__(self, net: "SmsGate") -> None:
        self._net = net
        self._courier = Courier(net.ground.session, patience=PATIENCE, tries=TRIES, longest_wait=LONGEST_WAIT)
        self._work: asyncio.Task[None] | None = None

    def enqueue(self, message: Outgoing) -> None:
        """Takes a message into the queue."""
        state = self._net.state
        state.messages[message.id] = message
        state.queue.append(message)
        message.move("Pending")
        if self._work is None or self._work.done():
            self._work = asyncio.get_running_loop().create_task(self._run())

    def tell(self, event: str, payload: Json) -> None:
        """Delivers an event to every webhook registered for it.

        Some versions of the app delivered an SMS twice, in two envelopes: so does the fault "duplicate".
        """
        state = self._net.state
        hooks = [hook for hook in state.webhooks.values() if hook["event"] == event]
        for hook in hooks * (2 if hooks and self._net.faults.strikes("duplicate") else 1):
            envelope_id = secrets.token_urlsafe(12)
            body = signing.write(
                {
                    "deviceId": state.device,
                    "event": event,
                    "id": envelope_id,
                    "payload": {key: value for key, value in payload.items() if value is not None},
                    "webhookId": hook["id"],
                }
            )
            parcel = Parcel(hook["url"], body, lambda raw: signing.headers(state.signing_key, raw))
            self._courier.hand(envelope_id, parcel, lagging=self._net.faults.strikes("swap"))

    @property
    def waiting(self) -> int:
        """How many webhooks the phone still has to bring."""
        return self._courier.waiting

    async def stop(self) -> None:
        """Ends sending and telling."""
        if self._work is not None:
            self._work.cancel()
        await self._courier.stop()

    async def _run(self) -> None:
        # The call that queued the message is answered before the phone begins with it.
        await asyncio.sleep(0)
        queue = self._net.state.queue
        while queue:
            wishes: Json = self._net.state.settings["messages"]
            best = max(message.priority for message in queue)
            ready = [message for message in queue if message.priority == best]
            message = ready[0] if wishes.get("processing_order") == "FIFO" else ready[-1]
            queue.remove(message)
            self._send(message)
            low, high = wishes.get("send_interval_min") or 0, wishes.get("send_interval_max") or 0
            await asyncio.sleep(random.uniform(low, max(low, high)))  # noqa: S311 - pacing, nothing secret

    def _send(self, message: Outgoing) -> None:
        message.move("Processed")
        for number in message.numbers:
            if self._net.faults.strikes("blocked", normal(number)):
                message.errors[number] = "Can't send message: RESULT_ERROR_GENERIC_FAILURE"
        if len(message.errors) == len(message.numbers):
            message.move("Failed")
        else:
            message.move("Sent")
        for number in message.numbers:
            self._report(message, number)
        if message.state == "Sent" and message.report:
            message.move("Delivered")

    def _report(self, message: Outgoing, number: str) -> None:
        common: Json = {
            "messageId": message.id,
            "sender": self._net.state.number,
            "recipient": number,
            "phoneNumber": number,
            "simNumber": 1,
        }
        if number in message.errors:
            self.tell("sms:failed", common | {"failedAt": stamp(), "reason": message.errors[number]})
            return
        count = parts(message.text)
        self._net.book.add(Message(message.id, normal(number), None, message.text, now(), more={"parts": count}))
        self.tell("sms:sent", common | {"partsCount": count, "sentAt": stamp()})
        if message.report:
            for _ in range(count):
                self.tell("sms:delivered", common | {"deliveredAt": stamp()})
