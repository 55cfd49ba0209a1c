"""What the text of a slash command, or of a mention, turned out to be."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.surfaces.slack.tokens import Token
from tools import AnyAction

_SHOWN = 300


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An action with raw arguments for the executor. ``missing`` are required params that were not given: a form asks.

    ``plan_only`` and ``share`` are said with ``--plan`` and ``--share``.
    """

    action: AnyAction
    arguments: Mapping[str, JsonValue]
    missing: tuple[str, ...] = ()
    plan_only: bool = False
    share: bool = False


@dataclass(frozen=True, kw_only=True)
class Own:
    """A command of the door itself, such as ``why``; ``rest`` is what follows it, as it was typed and cleaned."""

    name: str
    rest: str


@dataclass(frozen=True, kw_only=True)
class Help:
    """Help is wanted: on one action, or on everything."""

    action: AnyAction | None = None


@dataclass(frozen=True, kw_only=True)
class Misread:
    """What cannot be read: what is wrong, where, and a line that works. Nothing was guessed, and nothing is done."""

    problem: str
    pointed: str
    example: str


class Unreadable(ValueError):
    """A word cannot be read; ``start`` and ``end`` are its place in the cleaned text."""

    def __init__(self, problem: str, token: Token) -> None:
        super().__init__(problem)
        self.problem = problem
        self.start, self.end = token.start, token.end


def pointed_at(command: str, text: str, start: int, end: int) -> str:
    """The line as it was typed, and under it a mark at the word that is meant."""
    before = f"{command} "
    from_ = max(0, end - _SHOWN) if len(text) > _SHOWN else 0
    shown = text[from_ : from_ + _SHOWN]
    mark = " " * (len(before) + start - from_) + "^" * max(1, min(end, from_ + _SHOWN) - max(start, from_))
    return f"{before}{shown}\n{mark}"
