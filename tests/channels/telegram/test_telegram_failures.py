"""Does every way Telegram says no become what it means for the message?"""

import json

import pytest
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SendMessage

from channels import errors
from channels.telegram import failures
from channels.telegram.session import AnswerLostError, NotSentError, Session

METHOD = SendMessage(chat_id=700001, text="lời của người dân")
BOT = Bot("7000000001:AAsecret", Session("https://vi-du.test"))


def meaning(status: int, body: object, *, group: bool = False) -> errors.SendError:
    """What becomes of a real answer with this status and body."""
    content = body if isinstance(body, str) else json.dumps(body)
    with pytest.raises(AiogramError) as caught:
        BOT.session.check_response(BOT, METHOD, status, content)
    return failures.of(caught.value, group=group)


@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        pytest.param(401, "Unauthorized", errors.Unauthorised, id="a revoked token"),
        pytest.param(404, "Not Found", errors.Unauthorised, id="a token that is none"),
        pytest.param(404, "Not Found: chat not found", errors.ChatGone, id="no such chat, as 404"),
        pytest.param(400, "Bad Request: chat not found", errors.ChatGone, id="no such chat"),
        pytest.param(400, "Bad Request: PEER_ID_INVALID", errors.ChatGone, id="no such peer"),
        pytest.param(403, "Forbidden: bot was blocked by the user", errors.Blocked, id="blocked"),
        pytest.param(403, "Forbidden: user is deactivated", errors.Blocked, id="the account was deleted"),
        pytest.param(403, "Forbidden: bot can't initiate conversation with a user", errors.Blocked, id="never wrote"),
        pytest.param(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            errors.NothingToChange,
            id="nothing new",
        ),
        pytest.param(400, "Bad Request: message to edit not found", errors.MessageGone, id="deleted meanwhile"),
        pytest.param(400, "Bad Request: message thread not found", errors.TopicGone, id="a topic deleted meanwhile"),
        pytest.param(400, "Bad Request: TOPIC_NOT_MODIFIED", errors.NothingToChange, id="a topic that is so already"),
        pytest.param(400, "Bad Request: the chat is not a forum", errors.NoTopics, id="a group without topics"),
        pytest.param(
            400, "Bad Request: not enough rights to create a topic", errors.NoTopics, id="topics are not ours to make"
        ),
        pytest.param(400, "Bad Request: message can't be edited", errors.NothingToChange, id="not ours to edit"),
        pytest.param(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
            errors.NothingToChange,
            id="a press too old to be answered",
        ),
        pytest.param(400, "Bad Request: there is no text in the message to edit", failures.NoText, id="a caption"),
        pytest.param(400, "Bad Request: message is too long", errors.Refused, id="too long"),
        pytest.param(400, "Bad Request: BUTTON_DATA_INVALID", errors.Refused, id="a bad button"),
        pytest.param(
            400, "Bad Request: not enough rights to send text messages to the chat", errors.Refused, id="muted"
        ),
        pytest.param(400, "Bad Request: wrong file identifier/HTTP URL specified", errors.Refused, id="a dead file id"),
        pytest.param(413, "Request Entity Too Large", errors.Refused, id="too large"),
        pytest.param(409, "Conflict: terminated by other getUpdates request", failures.Conflict, id="another poller"),
        pytest.param(500, "Internal Server Error", errors.Unreachable, id="500"),
        pytest.param(502, "Bad Gateway: restart", errors.Unreachable, id="Telegram restarts"),
        pytest.param(418, "I'm a teapot", errors.Refused, id="a refusal nobody knows"),
    ],
)
def test_descriptions(status: int, description: str, expected: type[errors.SendError]) -> None:
    failure = meaning(status, {"ok": False, "error_code": status, "description": description})
    assert type(failure) is expected
    assert failure.detail.startswith("sendMessage: ")
    assert "người dân" not in failure.detail


@pytest.mark.parametrize(
    "description",
    ["Forbidden: bot was kicked from the supergroup chat", "Forbidden: the group chat was deleted"],
)
def test_a_group_does_not_block_it_is_gone(description: str) -> None:
    assert type(meaning(403, {"ok": False, "description": description}, group=True)) is errors.ChatGone


def test_how_long_to_wait() -> None:
    said = {"ok": False, "description": "Too Many Requests: retry after 17", "parameters": {"retry_after": 17}}
    failure = meaning(429, said)
    assert isinstance(failure, errors.Throttled)
    assert (failure.retry_after, failure.detail) == (17.0, "sendMessage: Too Many Requests: retry after 17")
    in_words_only = meaning(429, {"ok": False, "description": "Too Many Requests: retry after 8"})
    assert isinstance(in_words_only, errors.Throttled)
    assert in_words_only.retry_after == 8.0
    unsaid = meaning(429, {"ok": False, "description": "Too Many Requests"})
    assert isinstance(unsaid, errors.Throttled)
    assert unsaid.retry_after == failures.WAIT


def test_where_a_group_went() -> None:
    failure = meaning(
        400,
        {
            "ok": False,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": -1009000000001},
        },
        group=True,
    )
    assert isinstance(failure, errors.ChatGone)
    assert failure.moved_to == "-1009000000001"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(200, "<html>lời của người dân</html>", errors.Uncertain, id="an accepted call, unreadable"),
        pytest.param(200, "[]", errors.Uncertain, id="no object"),
        pytest.param(200, {"ok": False}, errors.Uncertain, id="a refusal without words"),
        pytest.param(200, {"result": {}}, errors.Uncertain, id="neither yes nor no"),
        pytest.param(302, "", errors.Uncertain, id="sent elsewhere"),
        pytest.param(502, "<html>502 Bad Gateway</html>", errors.Unreachable, id="a gateway that reached nobody"),
        pytest.param(504, "<html>504 Gateway Time-out</html>", errors.Uncertain, id="a gateway that lost the answer"),
        pytest.param(200, "[" * 100_000, errors.Uncertain, id="nested without end"),
    ],
)
def test_answers_that_are_none(status: int, body: object, expected: type[errors.SendError]) -> None:
    failure = meaning(status, body)
    assert type(failure) is expected
    assert "người dân" not in failure.detail


def test_an_accepted_call_needs_no_model_of_the_library() -> None:
    answer = {"ok": True, "result": {"message_id": 7, "of_a_later_api": True}}
    assert BOT.session.check_response(BOT, METHOD, 200, json.dumps(answer)).result == answer["result"]


def test_whether_the_request_had_left() -> None:
    assert type(failures.of(NotSentError(METHOD, "ClientConnectorError"))) is errors.Unreachable
    assert type(failures.of(AnswerLostError(METHOD, "ServerDisconnectedError"))) is errors.Uncertain


def test_a_detail_has_an_end() -> None:
    assert len(meaning(400, {"ok": False, "description": "x" * 5000}).detail) == failures.DETAIL
