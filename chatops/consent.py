"""Asking the person at the door whether they mean it."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tools import Risk


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a person is asked before a changing call is sent.

    ``text`` is the plan in full: consent is bound to these words. ``typed`` is what they type to say yes where
    ``must_type`` is true: the number of phones, or the id of the one.
    """

    action: str
    risk: Risk
    text: str
    undo: str
    typed: str
    must_type: bool


class Verdict(Enum):
    """What came of asking."""

    YES = "yes"
    NO = "no"
    CANNOT_ASK = "cannot_ask"
    """Nobody was asked, or what came back need not be a person's answer: neither a yes nor a no."""
    LATER = "later"
    """The question was put; what comes of it is brought to the executor in a call of its own."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came of asking; where nobody could be asked, a sentence that says why and one that says what to do.

    With a yes, ``reason`` is what the person says of it.
    """

    verdict: Verdict
    typed: bool = False
    reason: str = ""
    next_step: str = ""


class Asker(Protocol):
    """A door's way to ask its person."""

    async def ask(self, question: Question) -> Reply:
        """Ask and wait for the answer; CANNOT_ASK where no person can be reached through this door.

        A door whose answers come in a later call says LATER.
        """


class NobodyToAsk:
    """In place of a person, where something is only read."""

    async def ask(self, question: Question) -> Reply:  # noqa: ARG002  # the protocol
        """CANNOT_ASK, always."""
        return Reply(
            verdict=Verdict.CANNOT_ASK, reason="Nothing is asked here.", next_step="Ask for it as a call of its own."
        )
