"""Channels that a provider lets in by an administrator's consent: what a grant is, and where its tokens are kept."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Kept:
    """The tokens of an account as they are kept: encrypted by the channel, which alone can open them."""

    sealed: str
    version: int  # one more with each pair
    got_at: datetime  # aware, real time
    expires_at: datetime  # of the access token
    refused: str = ""  # why the provider will not renew this pair; empty while it does


class Held(Protocol):
    """The right to replace the tokens of one account; of all processes one has it at a time."""

    kept: Kept | None

    async def keep(self, sealed: str, got_at: datetime, expires_at: datetime) -> None:
        """Return once the new pair is durable. A pair is used only after that."""

    async def refuse(self, reason: str) -> None:
        """Note that the provider will not renew the pair in `kept`, unless a newer one has been kept meanwhile."""


class Vault(Protocol):
    """Where the tokens of one account live."""

    async def read(self) -> Kept | None:
        """What is kept now. Raises `errors.Unreachable` when it cannot be read."""

    def held(self) -> AbstractAsyncContextManager[Held]:
        """Wait for the right to replace the tokens, for as long as the block lasts. Raises `errors.Unreachable`."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The page on which an administrator consents, and what must be kept until they come back from it."""

    url: str
    state: str  # comes back with the administrator; nobody can guess it


@dataclass(frozen=True, slots=True)
class Standing:
    """How a grant stands. `none`: nobody has consented yet; `lost`: consent is needed again; `old`: it will be soon."""

    state: Literal["none", "good", "old", "lost"]
    reason: str = ""  # of `lost`, for the administrator
    got_at: datetime | None = None  # when the newest pair came
    expires_at: datetime | None = None  # of its access token
    ends_at: datetime | None = None  # when its refresh token ends


@runtime_checkable
class Granted(Protocol):
    """A channel with such a grant, beside its duties as `contract.Channel`."""

    def use(self, vault: Vault) -> None:
        """Take the place where the tokens live. Before anything else."""

    def consent(self, redirect_uri: str) -> Consent:
        """A new link for the administrator, who comes back to `redirect_uri`."""

    async def consented(self, code: str, account: str, state: str) -> str:
        """Exchange the code with which they came back, for the provider's `account`; returns who we are there.

        Raises children of `errors.SendError`.
        """

    async def tend(self) -> None:
        """Renew the tokens if it is time. Raises children of `errors.SendError`."""

    async def standing(self) -> Standing:
        """How the grant stands, without asking the provider. Raises `errors.Unreachable`."""
