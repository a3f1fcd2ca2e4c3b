"""The composition root: from settings and office files to stores, offices at work, and the door to the queue."""

import asyncio
import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import structlog
from pydantic import BaseModel, SecretStr
from tortoise.context import TortoiseContext

from bot import grants, group_talk, health, logs, metrics
from bot.clock import Clock
from bot.commands import (
    alerts,
    answering,
    blocks,
    calendar,
    canned_replies,
    common,
    contact_form,
    duty,
    figures,
    finding,
    joining,
    journal,
    linking,
    marking,
    matters,
    needs,
    pages,
    passing,
    past,
    reports,
    resident,
    resident_groups,
    roster,
    shift,
    staff,
    supervisor,
    teaching,
    team,
)
from bot.jobs import Jobs
from bot.own_models import OwnModel
from bot.policies import policy_of
from bot.registry import Registry
from bot.texts.catalog import Catalog
from bot.understanding import shipped_catalogue
from channels import registry
from channels.grants import Granted
from config import database, embedded
from config.errors import ConfigError, StoresError
from config.mistakes import did_you_mean
from config.office import Office, load_offices
from config.settings import PREFIX, Settings, environment, misspelt
from tickets import people
from tickets.calendars import Rules

if TYPE_CHECKING:
    from channels.contract import Channel
    from config.catalogue import Catalogue
    from tickets.policy import Policy

log = structlog.get_logger(__name__)

PATIENCE = 30.0  # seconds PostgreSQL, Redis and the migrations may be late at start
COMMANDS = (
    answering,
    common,
    resident,
    staff,
    finding,
    supervisor,
    figures,
    calendar,
    canned_replies,
    alerts,
    shift,
    reports,
    teaching,
    joining,
    journal,
    marking,
    pages,
    duty,
    roster,
    passing,
    resident_groups,
    blocks,
    matters,
    past,
    team,
    linking,
    contact_form,
    needs,
)


# repr=False: the catalogue is in it, megabytes of words that asyncio would make whenever it shows a task
# that returned one (at the end of every run of a loop, since signal.getsignal shows the handler it does not know).
@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """One office at work. `channels` by the name of the account in the office file; `file_key` signs its links."""

    office: Office
    rules: Rules
    channels: Mapping[str, "Channel"]
    texts: Catalog
    catalogue: "Catalogue"
    commands: Registry
    clock: Clock
    public_url: str
    file_key: bytes
    own: OwnModel = field(default_factory=OwnModel)

    @property
    def policy(self) -> "Policy":
        """The office's rules as they are now, with what was changed in its calendar by chat."""
        return self.rules.policy

    def webhook_url(self, channel: str) -> str:
        """Where the network of `channel` brings its events; empty when we have no public address."""
        return _webhook_url(self.public_url, self.policy.office, channel)


@dataclass(frozen=True, slots=True, repr=False)
class App:
    """Everything a part of the program needs. `stores` are the private servers, None when both URLs are given."""

    settings: Settings
    database_url: str
    redis_url: str
    stores: embedded.Stores | None
    orm: TortoiseContext
    desks: Mapping[str, Desk]
    jobs: Jobs
    clock: Clock
    metrics: metrics.Metrics
    migrations: int  # how many had been applied at start


def settings(**chosen: Any) -> Settings:
    """The settings of this process, overruled by `chosen`. Raises ConfigError naming every variable that is wrong."""
    made = Settings(**chosen)
    spoken = Catalog.load().spoken()
    if spoken.get(made.language, made.language):
        whole = [one for one, lacks in spoken.items() if not lacks]
        raise ConfigError(
            f"The settings are wrong; correct them in the environment or in .env. {PREFIX}LANGUAGE: there are no whole "
            f"texts in {made.language!r}; {did_you_mean(made.language, whole, 'Languages')}"
        )
    return made


def offices(chosen: Settings, environ: Mapping[str, str]) -> tuple[Office, ...]:
    """The offices of the settings. Raises ConfigError with every mistake in their files, a line each."""
    loaded = load_offices(chosen.offices, environ, registry.schemas(), languages=Catalog.load().spoken())
    if loaded.mistakes:
        raise ConfigError("\n".join(map(str, loaded.mistakes)))
    for notice in loaded.notices:
        log.info(str(notice))
    for sentence in misspelt(environ):
        log.warning(sentence)
    return tuple(_speaking(chosen, office) for office in loaded.offices)


def _speaking(chosen: Settings, office: Office) -> Office:
    """An office whose file names no language speaks that of the settings."""
    named = "language" in office.model_fields_set
    return office if named else office.model_copy(update={"language": chosen.language})


async def open_app(
    chosen: Settings, *, clock: Clock | None = None, environ: Mapping[str, str] | None = None, migrate: bool = False
) -> App:
    """Stores up and reached, offices read, Tortoise ready in the calling task and those it starts.

    `environ` fills the variables of office files (default: process and `.env`); `migrate` brings the database up to
    this version instead of waiting until somebody has. Main thread only, where private stores are started. Raises
    ConfigError for what is written wrong, StoresError for what cannot be reached.
    """
    environ = environment() if environ is None else environ
    logs.configure(chosen.log_level, chosen.log_format)
    served = offices(chosen, environ)
    logs.configure(chosen.log_level, chosen.log_format, tuple(_secrets(chosen, served)))
    clock = clock or Clock()
    private, database_url, redis_url = _stores(chosen)
    orm = TortoiseContext()
    jobs: Jobs | None = None
    try:
        await database.wait_for(database_url, PATIENCE)
        await database.wait_for_redis(redis_url, PATIENCE)
        if migrate:
            await database.migrate(database_url)
        else:
            await migrated(database_url)
        orm.__enter__()  # not `async with`: it ends in close_app, perhaps in another task
        await orm.init(config=database.tortoise_config(database_url))
        jobs = Jobs(redis_url, clock)
        jobs.open()
        app = App(
            settings=chosen,
            database_url=database_url,
            redis_url=redis_url,
            stores=private,
            orm=orm,
            desks=desks(chosen, served, clock, database_url),
            jobs=jobs,
            clock=clock,
            metrics=metrics.make(),
            migrations=await health.applied_migrations(),
        )
        await _link_groups(app)
        for desk in app.desks.values():
            await desk.rules.refresh()
    except BaseException:
        if jobs is not None:
            await jobs.close()
        await _leave(orm)
        if private is not None:
            private.stop()
        raise
    return app


async def close_app(app: App) -> None:
    """Let go of networks, queue, database and private stores, in this order."""
    for desk in app.desks.values():
        for channel in desk.channels.values():
            with suppress(Exception):  # nothing is left to be lost
                await channel.close()
    await app.jobs.close()
    await _leave(app.orm)
    if app.stores is not None:
        app.stores.stop()


async def _leave(orm: TortoiseContext) -> None:
    await orm.close_connections()
    with suppress(ValueError):  # entered in another task's context, which has gone
        orm.__exit__(None, None, None)


@contextmanager
def stores(chosen: Settings) -> Iterator[tuple[str, str]]:
    """The addresses of PostgreSQL and Redis, private ones being started or found running. Main thread only."""
    private, *addresses = _stores(chosen)
    try:
        yield addresses[0], addresses[1]
    finally:
        if private is not None:
            private.stop()


def _stores(chosen: Settings) -> tuple[embedded.Stores | None, str, str]:
    """The private stores when a URL is missing, and the two addresses."""
    if chosen.database_url and chosen.redis_url:
        return None, chosen.database_url, chosen.redis_url
    stores = embedded.start_or_attach(chosen.data_dir)
    return stores, chosen.database_url or stores.database_url, chosen.redis_url or stores.redis_url


async def migrated(url: str) -> None:
    """Wait until somebody has brought the database up to this version; raises StoresError when nobody does."""
    end, told = time.monotonic() + PATIENCE, False
    while missing := await database.unapplied(url):
        if time.monotonic() > end:
            raise StoresError(f"The database lacks {', '.join(missing)}: run `tohotro migrate` once, then start again.")
        if not told:
            log.warning("waiting for the database to be migrated", missing=missing)
            told = True
        await asyncio.sleep(1)


def desks(chosen: Settings, served: tuple[Office, ...], clock: Clock, database_url: str) -> dict[str, Desk]:
    """The offices at work, by id; their channels open no connection. `database_url` is where tokens are kept."""
    known = shipped_catalogue()
    texts, commands = Catalog.load(), Registry(COMMANDS)
    made = {}
    for office in served:
        accounts = (registry.build(_reachable(chosen, office, account)) for account in office.channels)
        channels = {one.name: one for one in accounts}
        for one in channels.values():
            if isinstance(one, Granted):
                one.use(grants.vault(database_url, office.id, one.name, chosen.data_dir))
        made[office.id] = Desk(
            office=office,
            rules=Rules(policy_of(office, known)),
            channels=channels,
            texts=texts,
            catalogue=known,
            commands=commands,
            clock=clock,
            public_url=chosen.public_url,
            file_key=_file_key(office),
        )
        log.info("office", office=office.id, channels=list(channels), off=[one.name for one in office.channels_off])
    if not any(desk.channels for desk in made.values()):
        log.warning("no channel is on, so nobody can write to us: `tohotro check` says which variables to set")
    return made


async def _link_groups(app: App) -> None:
    for desk in app.desks.values():
        for group in desk.office.staff_chats:
            await people.link_group(desk.policy.office, group.channel, group.chat, group.areas, topics=group.topics)
        await group_talk.link_written(desk)


def _reachable(chosen: Settings, office: Office, channel: BaseModel) -> BaseModel:
    """A channel that may say itself where its gateway brings events, told our public address when it does not.

    Every process that sends must know it, not only the one that registers webhooks: Kannel is told with each message.
    """
    if getattr(channel, "callback_url", None) != "" or not chosen.public_url:
        return channel
    url = _webhook_url(chosen.public_url, office.id, str(getattr(channel, "name", "")))
    return channel.model_copy(update={"callback_url": url})


def _webhook_url(public_url: str, office: str, channel: str) -> str:
    return f"{public_url}/webhooks/{office}/{quote(channel)}" if public_url else ""


def _file_key(office: Office) -> bytes:
    """What signs links to files. Made from the channels' secrets, so that every web process of the office has the same
    one and nobody has to set another variable; a new token ends the links of the day.
    """
    secrets = [secret for channel in office.channels for secret in _secret_values(channel)]
    return hashlib.blake2b("\0".join([office.id, *secrets]).encode(), digest_size=32, person=b"tohotro files").digest()


def _secrets(chosen: Settings, served: tuple[Office, ...]) -> Iterator[str]:
    for url in (chosen.database_url, chosen.redis_url):
        password = urlsplit(url).password
        if password:
            yield from {password, unquote(password)}
    for office in served:
        for channel in office.channels:
            yield from _secret_values(channel)


def _secret_values(channel: BaseModel) -> Iterator[str]:
    for name in type(channel).model_fields:
        value: Any = getattr(channel, name)
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
