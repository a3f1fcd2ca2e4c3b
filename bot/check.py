"""`tohotro check`: is what the administrator wrote right? Every mistake at once, with file, line and remedy."""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import typer
from pydantic import BaseModel

from bot import calendar_check, doctor, exits, grants, logs, wiring
from bot.clock import Clock
from bot.policies import policy_of
from bot.texts.catalog import Catalog, TextsError
from channels import registry
from channels.errors import PackageTooLow, SendError, Unauthorised
from channels.grants import Granted
from config import catalogue
from config.errors import ConfigError, StoresError
from config.office import Office, load_offices
from config.settings import PREFIX, Settings, environment, misspelt

_PATIENCE = 20.0  # seconds for one provider to answer


def main(files: Sequence[Path], *, online: bool) -> int:
    """Check the settings and `files` (default: those of the settings); print everything found.

    Returns the exit code: 0, or 1 with a mistake or, `online`, a provider that does not know us.
    """
    logs.configure("ERROR")  # what libraries have to say is not the answer here
    mistakes, notices = [], []
    settings: Settings | None = None
    environ = environment()
    try:
        settings = wiring.settings()
    except ConfigError as error:
        mistakes.append(str(error))
    notices += misspelt(environ)
    where = settings.offices if settings else Path(os.environ.get(f"{PREFIX}OFFICES") or "config/offices")
    offices: list[Office] = []
    spoken = _spoken(mistakes, notices)
    for path in files or [where]:
        loaded = load_offices(path, environ, registry.schemas(), languages=spoken)
        mistakes += map(str, loaded.mistakes)
        notices += map(str, loaded.notices)
        offices += loaded.offices
    for office in offices:
        try:
            policy_of(office, catalogue.load())
        except ValueError as error:
            mistakes.append(f"{office.id}: the rules of this office contradict each other: {error}.")
        notices += _unreached(office, settings)
        notices += calendar_check.notices(office, Clock().now())
        notices += [
            f"{office.id}: residents sent to {body.name!r} are told no address. Write address or phone of the body "
            f"{body.id!r} under `outside`."
            for body in office.outside
            if not body.address and not body.phone
        ]
        if not office.channels:
            notices.append(f"{office.id}: no channel is on, so nobody can write to this office.")
    for one in mistakes:
        typer.echo(f"✘ {one}")
    for one in notices:
        typer.echo(f"⚠ {one}")
    if online:
        mistakes += asyncio.run(_asked(offices, settings))
    typer.echo(_summary(len(offices), len(mistakes), len(notices)))
    return exits.FAILED if mistakes else 0


def _spoken(mistakes: list[str], notices: list[str]) -> Mapping[str, str]:
    """The languages there are texts of; what is wrong with their files is added to the lists."""
    try:
        spoken = Catalog.load().spoken()
    except TextsError as error:
        if str(error) not in mistakes:
            mistakes.append(str(error))
        return {}
    for language, lacks in spoken.items():
        if lacks:
            notices.append(f"bot/texts/{language}.toml lacks {lacks}: until then they are said in Vietnamese.")
    return spoken


def _unreached(office: Office, settings: Settings | None) -> Iterable[str]:
    """Channels that wait to be called while nobody knows where to call."""
    for channel in office.channels:
        waits = getattr(channel, "mode", "webhook") == "webhook" and not getattr(channel, "callback_url", "")
        if settings and waits and getattr(channel, "https_only", False):
            if not settings.public_url.startswith("https://"):
                yield (
                    f"{office.id}: channel {_name(channel)!r} is brought events at https addresses only, and "
                    f"TOHOTRO_PUBLIC_URL is {settings.public_url or 'not set'}. Set it to the https name of this "
                    "server."
                )
        elif settings and not settings.public_url and waits:
            yield (
                f"{office.id}: channel {_name(channel)!r} waits for webhooks, but its network is not told where to "
                "bring them. Set TOHOTRO_PUBLIC_URL, or enter the address at the gateway yourself: "
                f"…/webhooks/{office.id}/{_name(channel)}."
            )


async def _asked(offices: Sequence[Office], settings: Settings | None) -> list[str]:
    """Ask every provider who we are, print what each says, and return what went wrong."""
    asked = [(office.id, channel) for office in offices for channel in office.channels]
    answers = await asyncio.gather(*(_whoami(office, channel, settings) for office, channel in asked))
    wrong = []
    for (office, channel), (known, answer) in zip(asked, answers, strict=True):
        line = f"{office}, channel {_name(channel)}: {answer}"
        typer.echo(f"{'✔' if known else '✘'} {line}")
        if not known:
            wrong.append(line)
    return wrong


async def _whoami(office: str, settings: BaseModel, process: Settings | None) -> tuple[bool, str]:
    channel = registry.build(settings)
    try:
        async with asyncio.timeout(_PATIENCE):
            if isinstance(channel, Granted) and process is not None:
                channel.use(grants.vault(doctor.addresses(process)[0], office, channel.name, process.data_dir))
            return True, await channel.whoami()
    except StoresError as error:
        return False, f"its tokens are in the database, and {error}"
    except PackageTooLow as error:
        return False, f"its package is too low ({error.detail})."
    except Unauthorised as error:
        if isinstance(channel, Granted) and (await channel.standing()).state in ("none", "lost"):
            how = f"`{grants.REMEDY} --office {office}`, while `tohotro run` is running in another window"
            return False, f"it has not been let in ({error.detail}): {how}."
        return False, f"its credentials are not accepted ({error.detail}): take them from the provider again."
    except TimeoutError:
        return False, f"no answer within {_PATIENCE:.0f} s: see that {_address(settings)} can be reached from here."
    except SendError as error:
        return False, f"{error.reason} ({error.detail}): see that {_address(settings)} can be reached from here."
    finally:
        await channel.close()


def _name(settings: BaseModel) -> str:
    return str(getattr(settings, "name", ""))


def _address(settings: BaseModel) -> str:
    return str(getattr(settings, "api_url", "the provider"))


def _summary(offices: int, mistakes: int, notices: int) -> str:
    def counted(number: int, word: str) -> str:
        return f"{number or 'no'} {word}{'' if number == 1 else 's'}"

    return f"{counted(offices, 'office')} in order, {counted(mistakes, 'mistake')}, {counted(notices, 'notice')}."
