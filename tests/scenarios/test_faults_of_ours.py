"""A fault of ours after a changing request was sent: nothing is told as if it had not happened."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from chatops.executor import Executor
from chatops.operations.points import Point
from chatops.outcome import Status
from chatops.principal import Principal
from chatops.surfaces.terminal.arguments import Arguments
from chatops.surfaces.terminal.calling import carry_out
from chatops.surfaces.terminal.failures import FaultInChange, news_told, tell
from chatops.surfaces.terminal.request import Request
from tests.chatops.conftest import Bench, OpenBench, Person, open_bench, person
from tests.chatops.surfaces.mcp.connecting import connected, structured
from tests.chatops.test_carrying import EVERYTHING, MANY, PAIR
from tools import AnyAction, Params, Result, Settled, load_actions

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio


def explode(*_: object) -> NoReturn:
    raise RuntimeError("token=hunter2")


def breaking(bench: Bench, action: AnyAction) -> Executor:
    """The same service, with this declaration in place of the sound one."""
    return replace(bench.executor, actions={**bench.executor.actions, action.name: action})


async def test_fault_over_an_answer_is_unknown_and_its_siblings_end(open_bench: OpenBench) -> None:
    first = count(1)

    def once(params: Params, result: Result) -> Settled:
        return explode() if next(first) == 1 else sound.settled(params, result)

    reboot = load_actions()["reboot_instances"]
    assert reboot.change is not None
    sound = reboot.change
    async with open_bench(EVERYTHING) as bench:
        broken = replace(reboot, change=replace(sound, settled=once))
        outcome = await breaking(bench, broken).run(person(), "reboot_instances", MANY, Person())
        assert outcome.error is not None
        assert (outcome.status, outcome.exit_code, outcome.error.code) == (Status.UNKNOWN, 5, "outcome_unknown")
        assert str(outcome.operation_id) in outcome.message
        assert "hunter2" not in str(outcome.payload())
        operation = await bench.operation(outcome.operation_id)
        states = [each.state.value for each in operation.requests]
        assert (states.count("unknown"), states.count("accepted"), bench.sent("reboot")) == (1, 3, 4)
        assert operation.state == "unknown"
        assert "unknown" in await bench.story(operation.id)


@pytest.mark.parametrize("point", ["answered", "request_settled"])
async def test_fault_beside_several_requests_leaves_none_of_them_open(open_bench: OpenBench, point: Point) -> None:
    async with open_bench(EVERYTHING) as bench:
        bench.at[point] = explode
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert (outcome.status, bench.sent("reboot")) == (Status.UNKNOWN, 4)
        assert {each.state.value for each in operation.requests} <= {"unknown", "accepted"}
        assert operation.settled_at is not None
        assert str(outcome.operation_id) in outcome.message


async def test_fault_over_the_answers_together_is_unknown_at_the_door_and_not_in_the_record(
    open_bench: OpenBench,
) -> None:
    async with open_bench() as bench:
        reboot = load_actions()["reboot_instances"]
        broken = replace(reboot, view=replace(reboot.view, say=explode))
        outcome = await breaking(bench, broken).run(person(), "reboot_instances", PAIR, Person())
        assert (outcome.status, bench.sent("reboot")) == (Status.UNKNOWN, 1)
        assert (await bench.operation(outcome.operation_id)).state in {"watching", "done"}


async def test_assistant_is_told_unknown_with_the_operation(open_bench: OpenBench) -> None:
    prepare = load_actions()["prepare_instances"]
    broken = replace(prepare, view=replace(prepare.view, say=explode))
    async with open_bench() as bench:
        service = replace(bench.service, executor=breaking(bench, broken))
        async with connected(replace(bench, service=service)) as client:
            result = await client.call_tool(
                "prepare_instances", {"instance_ids": ["iRJEVP96"], "user_id": "1008600000104285462"}
            )
        answer = structured(result)
        assert (result.is_error, answer["status"], bench.sent("prepare")) == (True, "unknown", 1)
        assert answer["operation_id"] in answer["message"]


@pytest.mark.parametrize("as_json", [False, True])
def test_terminal_is_told_unknown_with_the_operation_and_no_traceback(
    open_bench: OpenBench,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("CHATOPS_STATE_DIR", str(tmp_path / "state"))

    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Executor, Principal]]:
        async with open_bench(EVERYTHING) as bench:
            bench.at["answered"] = explode
            with news_told():
                yield bench.executor, person()

    assert carry_out(reboot_request(as_json=as_json), opened) == 5
    out, err = capsys.readouterr()
    assert "while op_" in (out if as_json else err)
    assert "Traceback" not in out + err
    assert "hunter2" not in out + err
    assert "hunter2" in (tmp_path / "state" / "errors.log").read_text(encoding="utf-8")


def test_fault_that_nobody_caught_at_the_terminal_is_unknown_where_something_may_have_changed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHATOPS_STATE_DIR", str(tmp_path / "state"))

    with pytest.raises(FaultInChange) as caught:
        carry_out(reboot_request(as_json=True), explode)
    assert tell(caught.value, as_json=True) == 5
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["error"]["code"]) == ("unknown", "internal_error")
    assert "Look at the phones" in answer["error"]["next_step"]


def reboot_request(*, as_json: bool) -> Request:
    return Request(
        action=load_actions()["reboot_instances"],
        arguments=Arguments(values=PAIR),
        as_json=as_json,
        yes=True,
        reveal=False,
        plan=False,
        no_wait=True,
    )
