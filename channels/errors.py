"""What can go wrong between us and a network, and what each wrong means for the message.

Adapters raise these; only `workers/delivery.py` decides what follows. No text here may contain a secret or a
resident's words: it is logged and shown to staff.
"""


class Unverified(Exception):
    """A webhook request that did not prove where it comes from."""


class Probe(Unverified):
    """A request that proves nothing and says nothing: a console tries the address, and wants to see that it answers."""


class Malformed(Exception):
    """A verified webhook body that is not what the provider says it sends."""


class NotOurs(Exception):
    """A verified webhook body about another account of the same app; `account` is that of its channel, if we have it.

    It is answered as taken, for the provider did nothing wrong, and kept nowhere but there.
    """

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class SendError(Exception):
    """A message was not accepted. `reason` is a short key of `bot/texts` under `[send]`, for the person who wrote."""

    reason = "failed"
    retryable = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Throttled(SendError):
    """The provider says how long to wait (seconds). Waiting costs no attempt."""

    reason = "throttled"
    retryable = True

    def __init__(self, retry_after: float, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unreachable(SendError):
    """No answer, a 5xx, or an answer that makes no sense: try again with back-off."""

    reason = "unreachable"
    retryable = True


class Uncertain(Unreachable):
    """The request left, the answer was lost: a retry may send twice."""

    reason = "uncertain"


class Blocked(SendError):
    """The person does not want, or can no longer get, messages from us."""

    reason = "blocked"


class ChatGone(SendError):
    """The chat no longer exists. `moved_to` holds the new id when the provider says it."""

    reason = "chat_gone"

    def __init__(self, detail: str = "", moved_to: str = "") -> None:
        super().__init__(detail)
        self.moved_to = moved_to


class Refused(SendError):
    """The provider understood and will not take this message, however often it is sent."""

    reason = "refused"


class TooLarge(Refused):
    """A file received is larger than what its network hands out, or than what we take."""


class TooLong(Refused):
    """More than this network carries in one message; the person who wrote it can say it in fewer words."""

    reason = "too_long"


class NothingToChange(SendError):
    """An edit that changes nothing, or of a message that is gone: harmless."""

    reason = "nothing_to_change"


class MessageGone(NothingToChange):
    """The message to change was deleted by somebody: what lives in it must be said anew."""

    reason = "message_gone"


class TopicGone(SendError):
    """The topic was deleted. Nothing was said: in the group at large nobody would look for it."""

    reason = "topic_gone"


class NoTopics(Refused):
    """The group has no topics, or we may not make any there."""

    reason = "no_topics"


class Unauthorised(SendError):
    """Our own credentials are wrong: the channel stops until the administrator mends them."""

    reason = "unauthorised"


class PackageTooLow(Unauthorised):
    """What the office has bought from the provider does not include this; only the administrator can change it."""

    reason = "package"


class WindowClosed(SendError):
    """The person's last word is too long ago for this network to let us write."""

    reason = "window_closed"


class QuotaSpent(SendError):
    """A monthly or daily allowance is used up: park the message, tell the administrator."""

    reason = "quota"
