"""The helpdesk against the emulated networks: for the sandbox command, the demonstration and whole-way tests."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot import running, wiring
from channels import registry
from config import embedded
from config.errors import ConfigError, StoresError
from sandbox import server as networks_server
from sandbox.network import ControlError

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.wiring import App
    from config.settings import Settings
    from sandbox.server import Sandbox

LOOPBACK = "127.0.0.1"
NOTE = "sandbox.json"
OFFICE_COPY = "office.yaml"
Networks = Mapping[str, Mapping[str, str]]  # by name: what a client needs to connect, as the sandbox prints it


def office_against(offices: Path, networks: Networks, copy: Path) -> dict[str, str]:
    """Write the office file `offices` (of a folder the first) to `copy`, its channels pointed at emulated `networks`,
    and return the variables that `copy` wants for it.

    One office only, since each network has one account. A channel's network is the one named like its gateway, else
    like its kind; channels of networks that are not emulated are left out, so that nothing here can reach a real one.
    Raises ConfigError for what is no office file at all; other mistakes are found when the copy is read.
    """
    file = min(offices.glob("*.y*ml"), default=offices) if offices.is_dir() else offices
    yaml = YAML()
    try:
        office = yaml.load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        office = None
    channels = office.get("channels") if isinstance(office, dict) else None
    if not isinstance(channels, list) or not all(isinstance(one, dict) for one in channels):
        raise ConfigError(f"{file} is no office file with channels: `tohotro check {file}` says more.")
    environ: dict[str, str] = {}
    kept = []
    for channel in channels:
        name = channel.get("gateway") or channel.get("kind")
        if name in networks:
            for key, value in _of_settings(channel, networks[name]).items():
                variable = f"EMULATED_{name}_{key}".upper()
                environ[variable] = value
                channel[key] = f"${{{variable}}}"
            kept.append(channel)
    office["channels"] = kept
    with copy.open("w", encoding="utf-8") as written:
        yaml.dump(office, written)
    return environ


def _of_settings(channel: Mapping[str, Any], line: Mapping[str, str]) -> dict[str, str]:
    """Of what a client needs, what an office file can say; the rest is for other clients."""
    model = registry.schemas().get(str(channel.get("kind")))
    model = getattr(model, "variant", lambda _: model)(channel)
    return {key: value for key, value in line.items() if model is None or key in model.model_fields}


@asynccontextmanager
async def helpdesk(
    networks: "Sandbox",
    *,
    offices: Path | None = None,
    clock: "Clock | None" = None,
    environ: Mapping[str, str] | None = None,
    **chosen: Any,
) -> AsyncIterator["App"]:
    """The application of one office (default: the first of the settings) with every channel on `networks`, migrated
    and ready for `running.started`.

    Stores are private and new, in a folder that is removed at the end, unless `chosen`, which overrules any setting,
    names some. `environ` fills the variables of the office file that are left, such as ids of groups; the process'
    own environment is not looked at, as it may hold real tokens. Main thread only.
    """
    with tempfile.TemporaryDirectory(prefix="tohotro-") as name:
        folder = Path(name)
        copy = folder / OFFICE_COPY
        variables = office_against(offices or wiring.settings().offices, networks.networks_line(), copy)
        port = chosen.pop("http_port", 0) or _free_port()
        private = {"database_url": "", "redis_url": "", "data_dir": folder}
        settings = wiring.settings(
            **private
            | {"http_host": LOOPBACK, "http_port": port, "public_url": f"http://{LOOPBACK}:{port}"}
            | chosen
            | {"offices": copy}
        )
        app = await wiring.open_app(settings, clock=clock, environ={**(environ or {}), **variables}, migrate=True)
        try:
            _enter(networks, app)
            yield app
        finally:
            await wiring.close_app(app)


def _enter(networks: "Sandbox", app: "App") -> None:
    """Do what an administrator does on the website of a provider that learns nowhere else where to bring events."""
    for desk in app.desks.values():
        for channel in desk.office.channels:
            network = str(getattr(channel, "gateway", getattr(channel, "kind", "")))
            token = getattr(channel, "webhook_token", None)
            url = desk.webhook_url(str(getattr(channel, "name", "")))
            with suppress(ControlError):  # this one is told by its API
                networks.enter(network, f"{url}/{token.get_secret_value()}" if token is not None else url)


def start(*, port: int, only_networks: bool) -> None:
    """`tohotro sandbox`: print one JSON line when everything can be spoken to, and serve until SIGTERM or SIGINT."""
    uvloop.run(_serve(port=port, only_networks=only_networks))


async def _serve(*, port: int, only_networks: bool) -> None:
    stop = running.ending_by_signal()
    try:
        networks = await networks_server.start(host=LOOPBACK, port=port)
    except OSError as error:
        raise ConfigError(
            f"Nothing can listen on port {port} ({error.strerror}): choose another with --port."
        ) from error
    line = json.dumps({"page": f"{networks.url}/", **networks.networks_line()})
    try:
        if only_networks:
            await _shown(line, stop)
        else:
            own = wiring.settings()
            port = own.http_port if "http_port" in own.model_fields_set else 0
            async with helpdesk(networks, http_port=port) as app, running.started(app):
                with _findable(own.data_dir, app.settings.data_dir):
                    await _shown(line, stop)
    finally:
        await networks.stop()


@contextmanager
def _findable(data_dir: Path, folder: Path) -> Iterator[None]:
    """Leave a note in `data_dir` where the sandbox keeps its stores, so that people can be invited into it."""
    note = data_dir / NOTE
    mine = json.dumps({"folder": str(folder)})
    data_dir.mkdir(parents=True, exist_ok=True)
    note.write_text(mine, encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            if note.read_text(encoding="utf-8") == mine:
                note.unlink()


def settings_of_running(chosen: "Settings") -> "Settings | None":
    """The settings of the sandbox that runs beside these, with its stores and its one office; None when none does."""
    try:
        noted = json.loads((chosen.data_dir / NOTE).read_text(encoding="utf-8"))
        folder = Path(noted["folder"])
        embedded.attach(folder)
    except (OSError, ValueError, KeyError, TypeError, StoresError):
        return None
    private = {"database_url": "", "redis_url": "", "data_dir": folder, "offices": folder / OFFICE_COPY}
    return chosen.model_copy(update=private)


async def _shown(line: str, stop: asyncio.Event) -> None:
    print(line, flush=True)  # noqa: T201  # what the command promises to print
    await stop.wait()


def _free_port() -> int:
    """A port nobody listens on now. It must be known before anything listens, as networks are told of it."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
