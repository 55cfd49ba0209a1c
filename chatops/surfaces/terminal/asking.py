"""Asking the person at a real terminal. What the question needs is typed; no option stands for it."""

import sys
import termios
from dataclasses import dataclass

import anyio

from chatops.consent import Question, Reply, Verdict
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.waiting import Waiting
from tools import Risk, clean_text

_LIMIT = 8000
_YES = frozenset({"y", "yes"})


@dataclass(frozen=True, kw_only=True)
class TerminalAsker:
    """Asks on standard error and reads standard input, if both are a terminal.

    ``yes`` answers what is DISRUPTIVE, wherever this runs; nothing but typing answers what is DESTRUCTIVE.
    """

    yes: bool
    interrupts: Interrupts
    waiting: Waiting

    async def ask(self, question: Question) -> Reply:
        """YES only for what was asked for; end of input and Ctrl-C are a no."""
        if self.yes and question.risk < Risk.DESTRUCTIVE:
            return Reply(verdict=Verdict.YES)
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return _nobody(question)
        with self.waiting.silent():
            # What was typed before the question could be read is no answer to it.
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
            _write(self._text(question))
            typed = await self._line()
        agreed = typed == question.typed if question.must_type else typed.lower() in _YES
        return Reply(verdict=Verdict.YES if agreed else Verdict.NO, typed=agreed and question.must_type)

    @staticmethod
    def _text(question: Question) -> str:
        text = clean_text(question.text, limit=_LIMIT, lines=True)
        return f"{text}\nType {question.typed} to go on: " if question.must_type else f"{text}\nGo on? [y/N] "

    async def _line(self) -> str:
        line = ""
        with self.interrupts.stoppable():
            await anyio.wait_readable(sys.stdin)
            line = sys.stdin.readline()
        if not line.endswith("\n"):
            _write("\n")
        return line.strip()


def _nobody(question: Question) -> Reply:
    if question.risk >= Risk.DESTRUCTIVE:
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


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
