"""`tohotro zalo-oa connect`: the link for an administrator, and the address their browser ended at."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot import exits
from tests.bot.conftest import Write
from tests.bot.program import tohotro
from tests.bot.web_office import OA, OFFICE
from tickets.models import ChannelConsent

PUBLIC = "https://ward.example"


async def test_a_link_good_once_of_which_only_a_digest_is_kept(
    office_file: Write, empty_stores: None, tmp_path: Path
) -> None:
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[OA])), "TOHOTRO_PUBLIC_URL": PUBLIC}
    ended = await tohotro(tmp_path, "zalo-oa", "connect", "--office", OFFICE, **environ)
    assert (ended.code, ended.err) == (0, "")
    link = urlsplit(ended.out.splitlines()[0])
    query = {key: values[0] for key, values in parse_qs(link.query).items()}
    assert link.path == "/v4/oa/permission"
    assert (query["app_id"], query["redirect_uri"]) == (OA["app_id"], f"{PUBLIC}/zalo-oa/callback")
    assert len(query["code_challenge"]) == 43
    assert f"{PUBLIC}/webhooks/{OFFICE}/oa" in ended.out
    (kept,) = await ChannelConsent.all()
    assert query["state"] not in kept.state_digest

    stale = await tohotro(tmp_path, "zalo-oa", "connect", "--answer", f"{PUBLIC}/x?code=a&oa_id=579&state=b", **environ)
    assert (stale.code, "begin again" in stale.err) == (exits.FAILED, True)
    came_back = f"{PUBLIC}/zalo-oa/callback?code=a&oa_id=579&state={query['state']}"
    nobody = await tohotro(tmp_path, "zalo-oa", "connect", "--answer", came_back, **environ)
    assert (nobody.code, "Zalo did not let us in" in nobody.err) == (exits.FAILED, True)
    assert OA["app_secret"] not in ended.out + stale.err + nobody.err
    again = await tohotro(tmp_path, "zalo-oa", "connect", "--answer", came_back, **environ)
    assert "begin again" in again.err, "a state is good once, whatever came of it"


async def test_what_is_missing_is_named(office_file: Write, empty_stores: None, tmp_path: Path) -> None:
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[OA]))}
    ended = await tohotro(tmp_path, "zalo-oa", "connect", **environ)
    assert (ended.code, "TOHOTRO_PUBLIC_URL" in ended.err) == (exits.CONFIG, True)
    environ = {"TOHOTRO_OFFICES": str(office_file(channels=[])), "TOHOTRO_PUBLIC_URL": PUBLIC}
    ended = await tohotro(tmp_path, "zalo-oa", "connect", **environ)
    assert (ended.code, "none is switched on" in ended.err) == (exits.USAGE, True)
