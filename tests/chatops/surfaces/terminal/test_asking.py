import os
import pty
import sys

import anyio
import pytest

from chatops.consent import Question, Reply, Verdict
from chatops.surfaces.terminal.asking import TerminalAsker
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.waiting import Waiting
from tools import Risk

pytestmark = pytest.mark.anyio


def question(
    risk: Risk, text: str = "Erase everything on 12 phones?", typed: str = "12", must_type: bool | None = None
) -> Question:
    return Question(
        action="reset_instances",
        risk=risk,
        text=text,
        undo="Nothing restores it.",
        typed=typed,
        must_type=risk is Risk.DESTRUCTIVE if must_type is None else must_type,
    )


def asker(*, yes: bool = False) -> TerminalAsker:
    return TerminalAsker(yes=yes, interrupts=Interrupts(lambda: None), waiting=Waiting("Reset phones"))


async def asked(monkeypatch: pytest.MonkeyPatch, question: Question, answer: bytes) -> tuple[Reply, str]:
    """What comes of asking at a terminal where somebody types this once the question stands there, and the screen."""
    far, near = pty.openpty()
    reply: list[Reply] = []
    seen = b""
    with os.fdopen(near, encoding="utf-8") as reading, os.fdopen(os.dup(near), "w", encoding="utf-8") as writing:
        monkeypatch.setattr(sys, "stdin", reading)
        monkeypatch.setattr(sys, "stderr", writing)

        async def ask() -> None:
            reply.append(await asker().ask(question))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            while not seen.endswith((b"to go on: ", b"[y/N] ")):
                await anyio.wait_readable(far)
                seen += os.read(far, 65_536)
            os.write(far, answer)
        monkeypatch.undo()
    os.close(far)
    return reply[0], seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("risk", "answer", "verdict"),
    [
        (Risk.DISRUPTIVE, b"y\n", Verdict.YES),
        (Risk.DISRUPTIVE, b"YES\n", Verdict.YES),
        (Risk.DISRUPTIVE, b"\n", Verdict.NO),
        (Risk.DISRUPTIVE, b"\x04", Verdict.NO),
        (Risk.DESTRUCTIVE, b"12\n", Verdict.YES),
        (Risk.DESTRUCTIVE, b" 12 \n", Verdict.YES),
        (Risk.DESTRUCTIVE, b"012\n", Verdict.NO),
        (Risk.DESTRUCTIVE, b"yes\n", Verdict.NO),
        (Risk.DESTRUCTIVE, b"\x04", Verdict.NO),
    ],
)
async def test_only_what_was_asked_for_is_a_yes(
    monkeypatch: pytest.MonkeyPatch, risk: Risk, answer: bytes, verdict: Verdict
) -> None:
    reply, _ = await asked(monkeypatch, question(risk), answer)
    assert reply.verdict is verdict


async def test_question_is_the_plan_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    _, seen = await asked(monkeypatch, question(Risk.DESTRUCTIVE, "Erase 12?\n  p0, running\nUndo: none."), b"\n")
    assert seen == "Erase 12?\n  p0, running\nUndo: none.\nType 12 to go on: "


async def test_typing_is_told_from_a_plain_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    typed, _ = await asked(monkeypatch, question(Risk.DESTRUCTIVE), b"12\n")
    plain, _ = await asked(monkeypatch, question(Risk.DISRUPTIVE), b"y\n")
    assert (typed.typed, plain.typed) == (True, False)


async def test_nothing_in_a_question_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    _, seen = await asked(monkeypatch, question(Risk.DESTRUCTIVE, "Run '\x1b[2Jls\u202e'?"), b"\n")
    assert seen.startswith("Run '[2Jls'?\nType 12")


async def test_policy_and_not_the_risk_says_what_has_to_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    typed, seen = await asked(monkeypatch, question(Risk.DISRUPTIVE, must_type=True), b"12\n")
    assert (typed.verdict, typed.typed) == (Verdict.YES, True)
    assert seen.endswith("Type 12 to go on: ")
    assert (await asker(yes=True).ask(question(Risk.DISRUPTIVE, must_type=True))).verdict is Verdict.CANNOT_ASK
    assert (await asker(yes=True).ask(question(Risk.DESTRUCTIVE, must_type=False))).verdict is Verdict.YES


async def test_yes_answers_what_need_not_be_typed_only() -> None:
    assert (await asker(yes=True).ask(question(Risk.DISRUPTIVE))).verdict is Verdict.YES
    assert (await asker(yes=True).ask(question(Risk.DESTRUCTIVE))).verdict is Verdict.CANNOT_ASK


async def test_where_nobody_can_be_asked_the_way_is_told() -> None:
    assert "say --yes" in (await asker().ask(question(Risk.DISRUPTIVE))).next_step
    assert "--yes does not answer it" in (await asker().ask(question(Risk.DESTRUCTIVE))).next_step
