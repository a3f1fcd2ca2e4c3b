"""Every channel and gateway of the registry is a `case`; one that brings no rows fails."""

import asyncio
import datetime as dt
import importlib
import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels import registry
from channels.contract import Channel
from tests.channels.conftest import StandIn
from tests.channels.contract.case import Case

NAMES = sorted(registry.abouts())


def module_of(name: str) -> str:
    return "tests.channels.contract.cases." + name.replace("/", "_")


def the_case(name: str) -> Case:
    try:
        found = importlib.import_module(module_of(name)).CASE
    except ModuleNotFoundError as missing:
        if missing.name != module_of(name):
            raise
        pytest.fail(f"{name} has no rows: write {module_of(name).replace('.', '/')}.py, see docs/adding-a-channel.md")
    assert isinstance(found, Case)
    return found


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest) -> Case:
    """The rows of one network, in turn."""
    return the_case(request.param)


@pytest.fixture(autouse=True)
def no_secret_is_ever_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After every test here: whatever happened in it, no secret of the case stands in any line at any level."""
    caplog.set_level(logging.DEBUG)
    secrets = request.getfixturevalue("case").secrets if "case" in request.fixturenames else ()
    yield
    formatter = logging.Formatter("%(message)s")
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    assert not [secret for secret in secrets if secret in logged]


class Provider(StandIn):
    """Answers by the book, and once that is at its end takes every message."""

    def __init__(self, case: Case) -> None:
        super().__init__("")
        self._case = case
        self.breaks = False  # the next answer breaks off in the middle of its body

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.breaks:
            self.breaks = False
            await request.read()
            half = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "application/json"})
            await half.prepare(request)
            await half.write(b'{"ok": tr')
            assert request.transport is not None
            request.transport.abort()
            return half
        if not self.replies:
            self.replies = [self._case.taken(len(self.requests) + 1)]
        return await super().handle(request)


@pytest.fixture
async def provider(case: Case) -> AsyncIterator[Provider]:
    """The API of the case's network, on loopback."""
    async for running in serving(case, None):
        yield running


@pytest.fixture
async def unknown_authority(case: Case, tmp_path: Path) -> AsyncIterator[Provider]:
    """The same behind TLS, with a certificate nobody has vouched for."""
    async for running in serving(case, self_signed(tmp_path)):
        yield running


async def serving(case: Case, tls: ssl.SSLContext | None) -> AsyncIterator[Provider]:
    provider = Provider(case)
    runner = web.ServerRunner(web.Server(provider.handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    provider.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    # Handshakes that the other side breaks off are what is tried here; asyncio would report each as unhandled.
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda *_: None)
    yield provider
    provider.release.set()
    await runner.cleanup()
    loop.set_exception_handler(before)


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "self-signed.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
async def channel(case: Case, provider: Provider) -> AsyncIterator[Channel]:
    """The case's channel against `provider`."""
    made = case.build(provider.url)
    yield made
    await made.close()
