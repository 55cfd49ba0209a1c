import json
import os
import tempfile

import pytest

from chatops.surfaces.mcp.owing import Owing
from chatops.surfaces.mcp.screening import Screened, message_of
from chatops.surfaces.mcp.wire import LINE_LIMIT, Wire

REQUEST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
PARSE_ERROR, INVALID_REQUEST = -32700, -32600


@pytest.mark.parametrize(
    "line",
    [
        REQUEST,
        '{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x","arguments":{}}}',
        '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        '{"jsonrpc":"2.0","id":1,"result":{}}',
        '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}',
    ],
)
def test_message_comes_through(line: str) -> None:
    assert not isinstance(message_of(line), str)


@pytest.mark.parametrize(
    "line", ["", "  \r", '{"jsonrpc":"2.0","id":1,"result":5}', '{"jsonrpc":"2.0","id":1,"error":"no"}']
)
def test_what_expects_no_answer_gets_none(line: str) -> None:
    assert message_of(line) == ""


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("not json", PARSE_ERROR, None),
        ("\ufffd\ufffd", PARSE_ERROR, None),
        ("[" * 100_000, PARSE_ERROR, None),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, PARSE_ERROR, None),
        (REQUEST * 2, PARSE_ERROR, None),
        (REQUEST[:-3], PARSE_ERROR, None),
        ('{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\\ud800"}}', PARSE_ERROR, None),
        ("5", INVALID_REQUEST, None),
        (f"[{REQUEST}]", INVALID_REQUEST, None),
        ("{}", INVALID_REQUEST, None),
        ('{"jsonrpc":"2.0","id":{}}', INVALID_REQUEST, None),
        ('{"jsonrpc":"2.0","id":7,"method":5}', INVALID_REQUEST, 7),
        ('{"jsonrpc":"1.0","id":"seven","method":"tools/list"}', INVALID_REQUEST, "seven"),
        ('{"jsonrpc":"2.0","id":"' + "x" * 5_000 + '","method":5}', INVALID_REQUEST, None),
        ('{"jsonrpc":"2.0","id":true,"method":"tools/list"}', INVALID_REQUEST, None),
        ('{"jsonrpc":"2.0","id":null,"method":"tools/list"}', INVALID_REQUEST, None),
        ('{"jsonrpc":"2.0","id":1.5,"method":"tools/list"}', INVALID_REQUEST, None),
    ],
    ids=range(17),
)
def test_what_is_no_message_is_answered_on_one_line(line: str, code: int, said: object) -> None:
    refusal = message_of(line)
    assert isinstance(refusal, str)
    assert refusal.endswith("}\n")
    assert len(refusal) < 500
    answer = json.loads(refusal)
    assert (answer["jsonrpc"], answer["id"], answer["error"]["code"]) == ("2.0", said, code)
    assert answer["error"]["message"]


@pytest.mark.anyio
async def test_messages_go_on_and_everything_else_is_answered_on_the_same_wire() -> None:
    (reading, saying), (hearing, writing) = os.pipe(), os.pipe()
    os.write(saying, f"garbage\n\n{REQUEST}\n".encode())
    os.close(saying)
    wire = Wire(inbound=reading, outbound=writing, gone=lambda: None)
    screened = Screened(wire=wire, owing=Owing(patience=0))
    assert [line async for line in screened] == [REQUEST]
    await screened.write("an answer\n")
    await screened.flush()
    os.close(writing)
    with os.fdopen(hearing) as heard:
        first, second = heard.read().splitlines()
    assert (json.loads(first)["error"]["code"], second) == (PARSE_ERROR, "an answer")
    os.close(reading)


@pytest.mark.anyio
async def test_line_that_is_too_long_and_never_ends_is_answered_when_the_client_leaves() -> None:
    hearing, writing = os.pipe()
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * (LINE_LIMIT + 100_000))
        file.seek(0)
        screened = Screened(wire=Wire(inbound=file.fileno(), outbound=writing, gone=lambda: None))
        assert [line async for line in screened] == []
    os.close(writing)
    with os.fdopen(hearing) as heard:
        assert json.loads(heard.read())["error"]["code"] == PARSE_ERROR
