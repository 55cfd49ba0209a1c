"""Asking the person at a real terminal. What the question needs is typed; no option stands for it."""

import sys
import termios
from contextlib import suppress
from dataclasses import dataclass

import anyio

from chatops.consent import Question, Reply, Verdict
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.printing import say
from chatops.surfaces.terminal.waiting import Waiting
from tools import clean_text

_LIMIT = 8000
_YES = frozenset({"y", "yes"})


@dataclass(frozen=True, kw_only=True)
class TerminalAsker:
    """Asks on standard error and reads standard input, if both are a terminal.

    ``yes`` answers what need not be typed, wherever this runs; nothing but typing answers what must be.
    """

    yes: bool
    interrupts: Interrupts
    waiting: Waiting

    async def ask(self, question: Question) -> Reply:
        """YES only for what was asked for; end of input and Ctrl-C are a no."""
        if self.yes and not question.must_type:
            return Reply(verdict=Verdict.YES)
        if not somebody_is_here():
            return _nobody(question)
        wanted = f"Type {question.typed} to go on: " if question.must_type else "Go on? [y/N] "
        with self.waiting.silent():
            typed = await answer_to(question.text, wanted, self.interrupts)
        agreed = typed == question.typed if question.must_type else is_yes(typed)
        return Reply(verdict=Verdict.YES if agreed else Verdict.NO, typed=agreed and question.must_type)


def somebody_is_here() -> bool:
    """Whether a question could be seen and answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()


async def answer_to(text: str, wanted: str, interrupts: Interrupts) -> str:
    """What somebody types to this text; nothing where they end the input or interrupt."""
    line = ""
    # A terminal that is gone answers nothing.
    with suppress(OSError, termios.error):
        # What was typed before the question could be read is no answer to it.
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
        say(f"{clean_text(text, limit=_LIMIT, lines=True)}\n{wanted}")
        # Nothing was sent yet, and nothing is stopping: whoever asked says what comes of no answer.
        with interrupts.telling(lambda: None), interrupts.stoppable():
            await anyio.wait_readable(sys.stdin)
            line = sys.stdin.readline()
    if not line.endswith("\n"):
        say("\n")
    return line.strip()


def is_yes(typed: str) -> bool:
    """Whether this is a plain yes."""
    return typed.lower() in _YES


def _nobody(question: Question) -> Reply:
    if question.must_type:
        return Reply(
            verdict=Verdict.CANNOT_ASK,
            reason=f"{question.action} is {question.risk.name} and must be confirmed by a person at a terminal; "
            "nothing was sent.",
            next_step="Run it where standard input and standard error are a terminal. --yes does not answer it.",
        )
    return Reply(
        verdict=Verdict.CANNOT_ASK,
        reason=f"{question.action} is {question.risk.name} and must be confirmed; nothing was sent.",
        next_step="Run it at a terminal, or say --yes.",
    )
