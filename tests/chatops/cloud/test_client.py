import json
from contextlib import suppress
from random import Random
from typing import cast

import pytest

from chatops.cloud import AccessKey, CloudReader, Grant, Password
from chatops.errors import RequestTooWide, UpstreamError
from chatops.simulator.settings import Dialect
from tests.chatops.cloud.world import (
    ACTIONS,
    CHANGE,
    HERE,
    KEY,
    NO_PHONES,
    READ,
    USER,
    ask,
    params_of,
    reply,
    scripted,
    world,
)
from tools import Endpoint, Targets

pytestmark = pytest.mark.anyio

ALL = [name for name in ACTIONS if name != "fleet_summary"]
CHANGING = [name for name, action in ACTIONS.items() if action.change is not None]


def test_there_are_eighteen_calls() -> None:
    assert len(ALL) == 18


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("credentials", [KEY, USER], ids=["key", "token"])
@pytest.mark.parametrize("dialect", ["table", "example"])
async def test_every_call_is_understood_in_both_dialects_with_both_credentials(
    dialect: str, credentials: AccessKey | Password, name: str
) -> None:
    action = ACTIONS[name]
    async with world(dialect=cast("Dialect", dialect), credentials=credentials) as running:
        answer = await ask(running.client, action)
        record = running.simulator.requests[-1]
    assert isinstance(answer.result, action.result)
    assert record.verdict == "0"
    assert record.unknown == ()
    assert record.request_id == answer.request_ids[-1]
    assert record.authentication == ("token" if isinstance(credentials, Password) else "signature")


@pytest.mark.parametrize("name", CHANGING)
async def test_reader_refuses_whatever_changes_something(name: str) -> None:
    action = ACTIONS[name]
    async with scripted(reply(NO_PHONES)) as (client, said):
        assert isinstance(client.reader, CloudReader)
        with pytest.raises(ValueError, match="not a READ"):
            await client.reader.read(action, params_of(action))
        with pytest.raises(ValueError, match="not a READ"):
            await client.read(action, params_of(action))
    assert said.seen == []


async def test_change_without_its_own_grant_is_refused() -> None:
    other = Grant.covering(CHANGE, CHANGE.params(instance_ids=("other",)), principal="alice", regions=HERE)
    async with scripted(reply(NO_PHONES)) as (client, said):
        with pytest.raises(ValueError, match="does not cover"):
            await client.change(other, CHANGE, params_of(CHANGE))
    assert said.seen == []


@pytest.mark.parametrize("name", [name for name in CHANGING if issubclass(ACTIONS[name].params, Targets)])
async def test_request_that_names_more_than_the_api_takes_is_not_sent_whatever_was_granted(name: str) -> None:
    action = ACTIONS[name]
    assert isinstance(action.by, Endpoint)
    batch = action.by.batch
    assert batch is not None
    few, many = params_of(action), params_of(action)
    assert isinstance(few, Targets)
    assert isinstance(many, Targets)
    many = many.pinned(tuple(f"p{number}" for number in range(batch.per_call + 1)))
    places: frozenset[str | None] = frozenset({"cn-north-4", None})
    async with scripted(reply({"error_code": "0", "data": {}})) as (client, said):
        with pytest.raises(RequestTooWide, match=f"{batch.per_call} phones, not {batch.per_call + 1}"):
            await client.change(Grant.covering(action, many, principal="alice", regions=HERE), action, many)
        if batch.one_region:
            with pytest.raises(RequestTooWide, match="one region, not in 2"):
                await client.change(Grant.covering(action, few, principal="alice", regions=places), action, few)
        assert said.seen == []
        for count in (1, batch.per_call):
            params = few.pinned(tuple(f"p{number}" for number in range(count)))
            with suppress(UpstreamError):  # some want more of an answer than this
                await client.change(Grant.covering(action, params, principal="alice", regions=HERE), action, params)
    assert len(said.seen) == 2


async def test_read_is_not_asked_for_as_a_change() -> None:
    async with scripted(reply(NO_PHONES)) as (client, said):
        with pytest.raises(ValueError, match="read it"):
            await client.change(
                Grant.covering(READ, params_of(READ), principal="alice", regions=HERE), READ, params_of(READ)
            )
    assert said.seen == []


async def test_answer_is_completed_with_what_only_the_question_knows() -> None:
    async with scripted(reply(NO_PHONES)) as (client, _):
        answer = await ask(client, READ)
    assert answer.result.no_answer == params_of(READ).model_dump()["instance_ids"]


async def test_request_id_is_thirty_two_hex_digits_and_new_each_time() -> None:
    async with scripted(reply(NO_PHONES)) as (client, said):
        for _ in range(3):
            await ask(client, READ)
    ids = [seen.headers["x-request-id"] for seen in said.seen]
    assert len(set(ids)) == 3
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in ids)


HOSTILE: list[object] = [
    *(None, True, -1, 0, 2**63, 10**300, 1.5, 1e308, -0.0),
    *("", "null", "0", "-", "\x00", "\x1b]0;x\x07", "\u202e\u2066", "\ud83d", "9" * 5_000, "x" * 100_000),
    *([], [[]], [None], {}, {"": {}}, {"error_code": "1"}, {"data": {"data": {"data": 1}}}, [{}] * 1_000),
]


def damaged(answer: object, random: Random) -> object:
    """The answer with one value somewhere in it replaced."""
    if isinstance(answer, dict) and answer and random.random() < 0.9:
        key = random.choice(sorted(answer))
        return {**answer, key: damaged(answer[key], random)}
    if isinstance(answer, list) and answer and random.random() < 0.9:
        place = random.randrange(len(answer))
        return [damaged(each, random) if number == place else each for number, each in enumerate(answer)]
    return random.choice(HOSTILE)


@pytest.mark.parametrize("name", ACTIONS)
async def test_hostile_answer_is_a_typed_error_or_a_result(name: str) -> None:
    random = Random(name)  # noqa: S311  # has to be repeatable
    printed = ACTIONS[name].examples[0].answers or {"data": {}, "error_code": "0"}
    answers = [damaged(json.loads(json.dumps(printed)), random) for _ in range(40)]
    async with scripted(*(reply(each) for each in answers), reply(NO_PHONES)) as (client, _):
        for _ in answers:
            with suppress(UpstreamError):
                answer = await ask(client, ACTIONS[name])
                assert isinstance(answer.result, ACTIONS[name].result)
