import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from chatops.errors import ConsentGone, PermissionMissing
from chatops.outcome import Status
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.printing import OutputFailed
from chatops.surfaces.terminal.records.session import Answer, Desk, answered
from chatops.surfaces.terminal.streams import NoOutput
from chatops.surfaces.terminal.waiting import Waiting
from tests.chatops.conftest import person


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[str, Principal]]:
    """A place that is only a word."""
    yield "the store", person()


def test_answer_is_text_for_people_and_one_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    async def work(desk: Desk[str]) -> Answer:
        shown = Shown(message=f"{desk.principal.person} looks at {desk.place}.", notes=("It is old.",))
        return Answer(shown=shown, data={"found": 1}, status=Status.FAILED, operation_id="op_1")

    assert answered(opened, work, what="Look", as_json=False) == 1
    assert capsys.readouterr().out == "alice looks at the store.\nnote: It is old.\n"
    assert answered(opened, work, what="Look", as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {
        "status": "failed",
        "message": "alice looks at the store.",
        "data": {"found": 1},
        "operation_id": "op_1",
        "warnings": ["It is old."],
    }


def test_answer_that_cannot_be_written_is_told_to_whoever_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(_: Desk[str]) -> Answer:
        return Answer(shown=Shown(message="Cancelled it."), operation_id="op_1")

    monkeypatch.setattr("sys.stdout", NoOutput())
    with pytest.raises(OutputFailed):
        answered(opened, work, what="Cancel", as_json=True)
    assert capsys.readouterr().err == "Cancelled it.\nnote: Its record: chatops operations show op_1\n"


def test_text_of_its_own_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    async def work(_: Desk[str]) -> Answer:
        return Answer(shown=Shown(message="2 rules"), text="2 rules\n  one\n  two")

    assert answered(opened, work, what="Look", as_json=False) == 0
    assert capsys.readouterr().out == "2 rules\n  one\n  two\n"
    assert answered(opened, work, what="Look", as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == {"status": "done", "message": "2 rules"}


@pytest.mark.parametrize("as_json", [False, True])
def test_refusal_is_an_answer(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    async def work(_: Desk[str]) -> Answer:
        raise ConsentGone("Decided before.", next_step="Look at it.")

    assert answered(opened, work, what="Look", as_json=as_json) == 3
    out, err = capsys.readouterr()
    assert (json.loads(out)["status"] if as_json else err) == (
        "refused" if as_json else "Decided before.\nLook at it.\n"
    )


@pytest.mark.parametrize(("as_json", "number", "code"), [(False, signal.SIGINT, 130), (True, signal.SIGTERM, 143)])
def test_interrupted_work_ends_and_exits_as_the_signal_says(
    capsys: pytest.CaptureFixture[str], as_json: bool, number: signal.Signals, code: int
) -> None:
    async def work(_: Desk[str]) -> Answer:
        os.kill(os.getpid(), number)
        await anyio.sleep_forever()
        raise AssertionError

    assert answered(opened, work, what="Look", as_json=as_json) == code
    out, err = capsys.readouterr()
    assert (out if as_json else err) == (
        '{"status": "cancelled", "message": "Interrupted."}\n' if as_json else "Interrupted.\n"
    )


def test_who_has_none_of_the_roles_is_told_which_they_are() -> None:
    interrupts = Interrupts(lambda: None)
    desk = Desk(place="the store", principal=person("viewer"), interrupts=interrupts, waiting=Waiting("Look"))
    desk.require(("viewer", "admin"), "look")
    with pytest.raises(PermissionMissing, match="alice may not freeze") as refused:
        desk.require(("approver", "admin"), "freeze")
    assert "approver or admin" in refused.value.next_step
