from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from sqlalchemy import Connection

from chatops.errors import ConsentExpired, ConsentGone, FactsChanged, PolicyDenied
from chatops.operations.consuming import FRESH, SENDING
from chatops.operations.ledger import LEASE
from chatops.operations.states import State
from chatops.operations.usage import Usage
from chatops.planning import Target
from tests.chatops.conftest import person
from tests.chatops.operations.keeping import OURS, THEIRS, draft, keeping, use
from tools import RunState

pytestmark = pytest.mark.anyio


def target(identifier: str) -> Target:
    return Target(
        instance_id=identifier,
        name=None,
        region="cn-north-7",
        state=RunState.RUNNING,
        assignee=None,
        in_use=False,
        frozen=False,
        backup=None,
    )


async def test_used_consent_makes_the_operation_run_and_ours_for_a_while(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        running = await kept.consuming.use(use(await kept.asked()))
        time = kept.clock.seconds
        assert (running.state, running.owner, running.decided_by) == (State.RUNNING, OURS, "alice")
        assert (running.consumed_at, running.deadline, running.lease_until) == (time, time + SENDING, time + LEASE)
        assert await kept.kinds() == ["planned", "consent_asked", "consent_given"]


async def test_call_that_needed_no_consent_names_nobody_who_gave_one(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked(draft(asks=False))
        running = await kept.consuming.use(replace(use(asked), kind=None, principal=None))
        assert (running.state, running.decided_by, running.decided_at) == (State.RUNNING, None, None)
        assert await kept.kinds() == ["planned"]


async def test_consent_is_used_once_however_many_try(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        came: list[str] = []

        async def try_to(owner: str) -> None:
            try:
                came.append((await kept.consuming.use(replace(use(asked), owner=owner))).owner or "")
            except ConsentGone:
                came.append("gone")

        async with anyio.create_task_group() as group:
            for each in (OURS, THEIRS, OURS, THEIRS):
                group.start_soon(try_to, each)
        assert came.count("gone") == 3
        assert (await kept.kinds()).count("consent_given") == 1


async def test_same_call_that_was_asked_for_twice_runs_once(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        first, second = await kept.asked(draft("op_1")), await kept.asked(draft("op_2"))
        await kept.consuming.use(use(first))
        with pytest.raises(ConsentGone, match="begun meanwhile, as op_1"):
            await kept.consuming.use(use(second))
        ended = await kept.found("op_2")
        assert (ended.state, ended.consumed_at, ended.sealed) == (State.REFUSED, None, None)


async def test_same_call_is_used_once_also_where_the_first_has_ended_before(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        first, second = await kept.asked(draft("op_1")), await kept.asked(draft("op_2"))
        kept.clock.seconds += 1
        await kept.consuming.use(use(first))
        await kept.dispatch.finish("op_1", owner=OURS, result=None, watch=None, verifiable=False, lost="")
        with pytest.raises(ConsentGone, match="begun meanwhile, as op_1"):
            await kept.consuming.use(use(second))
        kept.clock.seconds += 1
        third = await kept.asked(draft("op_3"))
        assert (await kept.consuming.use(use(third))).state is State.RUNNING


async def test_same_call_of_another_person_is_another_one(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        theirs = await kept.asked(draft("op_2", principal=person(name="bob")))
        await kept.running(draft("op_1"))
        assert (await kept.consuming.use(use(theirs))).state is State.RUNNING


async def test_consent_in_another_state_is_not_used_and_not_touched(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked(state=State.AWAITING_APPROVAL)
        with pytest.raises(ConsentGone, match="it is awaiting approval"):
            await kept.consuming.use(replace(use(asked), states=frozenset({State.APPROVED})))
        assert (await kept.found()).state is State.AWAITING_APPROVAL


async def test_consent_that_comes_too_late_ends_the_operation(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        kept.clock.seconds = asked.expires_at
        with pytest.raises(ConsentExpired):
            await kept.consuming.use(use(asked))
        ended = await kept.found()
        assert (ended.state, ended.sealed, ended.consumed_at) == (State.EXPIRED, None, None)
        assert (await kept.kinds())[-1] == "expired"


async def test_other_facts_end_it_and_the_first_differences_are_named(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        others = tuple(target(f"phone{number}") for number in range(7))
        with pytest.raises(FactsChanged) as caught:
            await kept.consuming.use(replace(use(asked), digest="e" * 64, targets=others))
        assert caught.value.message == (
            "It is no longer what was asked for: phone0 has come in; phone1 has come in; phone2 has come in; "
            "phone3 has come in; phone4 has come in; and 2 more changes."
        )
        assert (await kept.found()).reason == caught.value.message
        assert (await kept.kinds())[-1] == "denied"


async def test_other_digest_of_the_same_phones_ends_it_as_well(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        with pytest.raises(FactsChanged, match="something else of it has changed"):
            await kept.consuming.use(replace(use(asked), digest="e" * 64))
        assert (await kept.found()).state is State.REFUSED


async def test_facts_older_than_a_minute_are_none(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        with pytest.raises(FactsChanged, match="is 61 s old"):
            await kept.consuming.use(replace(use(asked), age=FRESH + 1))
        assert (await kept.found()).state is State.REFUSED


async def test_policy_is_asked_inside_with_what_the_person_has_done(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft("op_0", digest="0" * 64))
        asked = await kept.asked()

        def check(connection: Connection, usage: Usage) -> None:
            assert connection.in_transaction()
            raise PolicyDenied(f"{usage.calls_last_hour} within the hour")

        with pytest.raises(PolicyDenied, match="1 within the hour"):
            await kept.consuming.use(replace(use(asked), check=check))
        ended = await kept.found()
        assert (ended.state, ended.reason) == (State.REFUSED, "1 within the hour")


async def test_event_names_who_gave_the_consent(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        running = await kept.consuming.use(replace(use(asked), principal=person(name="bob")))
        assert running.decided_by == "bob"


async def test_row_that_changes_under_our_hands_is_not_used(tmp_path: Path) -> None:
    """With several replicas, the policy's answer may take longer than somebody else's decision."""
    async with keeping(tmp_path) as kept:
        asked = await kept.asked()
        with pytest.raises(ConsentGone, match="just now"):
            await kept.consuming.use(replace(use(asked), check=_withdraw))
        assert (await kept.found()).consumed_at is None


def _withdraw(connection: Connection, _: Usage) -> None:
    connection.exec_driver_sql("UPDATE operations SET state = 'cancelled'")
