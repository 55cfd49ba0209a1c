"""The record that every door is derived from. Contradictions in it are refused when it is imported."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import JsonValue

from tools._change import Change
from tools._endpoint import Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._types import Targets
from tools._view import Receipt

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
N = TypeVar("N", bound=Result)
Q = TypeVar("Q", bound=Params)

_NAME = re.compile(r"[a-z]+(_[a-z]+)+")
_OWN_NAME = re.compile(r"[a-z]+(_[a-z]+)*")
_WORD = re.compile(r"[a-z]+(-[a-z]+)*")
_WORD_LIMIT = 16


@dataclass(frozen=True, kw_only=True)
class Example(Generic[P]):
    """A true example: params, the request they become, and the answer printed in the reference."""

    params: P
    sends: Mapping[str, JsonValue] | None
    """The JSON body, or None where the request has none."""
    answers: JsonValue
    """The printed body of the answer, or None where the reference prints none."""
    source: str
    """The section of the API reference."""


@dataclass(frozen=True, kw_only=True)
class Compose(Generic[P, R]):
    """An action made of another READ action's answer; that action's permission is needed as well."""

    needs: "Action[Params, Result]"
    ask: Callable[[P], Params]
    answer: Callable[[P, Result], R]


def compose(needs: "Action[Q, N]", *, ask: Callable[[P], Q], answer: Callable[[P, N], R]) -> Compose[P, R]:
    """The composition over this action; its types are checked here and erased behind it."""
    return Compose(
        needs=cast("Action[Params, Result]", needs),
        ask=ask,
        answer=cast("Callable[[P, Result], R]", answer),
    )


@dataclass(frozen=True, kw_only=True)
class Own(Generic[P, R]):
    """An action over the service's own state, which needs no request to the API of its own.

    What ``answer`` is asked with belongs to the service; whoever declares such an action says what it is.
    """

    answer: Callable[[Any, P], Awaitable[R]]


@dataclass(frozen=True, kw_only=True)
class Action(Generic[P, R]):
    """One thing that can be done: typed, permission-checked, the same on every door.

    ``complete`` adds to an answer what only the question knows (phones that were asked about and not answered);
    ``warn`` says what a person must notice in it, and ``join`` makes one answer of those to several requests.
    ``aliases`` are names it had before: they still lead to it, and are not listed.

    Raises:
        ValueError: the declaration contradicts itself; the message names the action.

    """

    name: str
    word: str
    doc: str
    title: str
    by: Endpoint[P, R] | Compose[P, R] | Own[P, R]
    params: type[P]
    result: type[R]
    risk: Risk
    permission: Permission
    change: Change[P, R] | None
    view: Receipt[P, R]
    examples: tuple[Example[P], ...]
    complete: Callable[[P, R], R] | None = None
    warn: Callable[[P, R], Sequence[str]] | None = None
    join: Callable[[P, Sequence[R]], R] | None = None
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for problem in self._contradictions():
            raise ValueError(f"action {self.name}: {problem}")

    @property
    def summary(self) -> str:
        """The first line of the documentation, without its full stop."""
        return self.doc.strip().splitlines()[0].rstrip(".")

    @property
    def details(self) -> str:
        """The documentation below the first line, as one paragraph."""
        return " ".join(" ".join(self.doc.strip().splitlines()[1:]).split())

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """All that a person needs for it: its own permission, and that of the action it is composed of."""
        composed = (self.by.needs.permission,) if isinstance(self.by, Compose) else ()
        return (self.permission, *composed)

    def risk_of(self, params: P) -> Risk:
        """The risk of this very call: the declared one, unless the params ease it."""
        eased = self.change.eased if self.change else None
        return eased.to if eased is not None and eased.when(params) else self.risk

    def count_of(self, params: P) -> int:
        """How many phones the call concerns; 0 for one that names none."""
        if self.change is not None and self.change.count is not None:
            return self.change.count(params)
        return len(params.instance_ids) if isinstance(params, Targets) else 0

    def _contradictions(self) -> list[str]:
        checks: dict[str, bool] = {
            "its name is verb_noun in lower case": self._is_named(self.name),
            "a name it had before is another one": all(_OWN_NAME.fullmatch(each) for each in self.aliases)
            and self.name not in self.aliases,
            "its word is short and lower case": bool(_WORD.fullmatch(self.word)) and len(self.word) <= _WORD_LIMIT,
            "it has a documentation": bool(self.doc and self.doc.strip()),
            "it has an example": bool(self.examples),
            "a READ declares no change, anything else declares one": self._declares_its_change(),
            "a change says how many phones it concerns": self._counts(),
            "easing lowers the risk": self._eases_downwards(),
            "what is composed is a READ, over a READ": self._composes_reads(),
            "names in the path are params": self._path_names() <= set(self.params.model_fields),
            "every param says what it is": all(each.description for each in self.params.model_fields.values()),
        }
        return [f"it must hold that {rule}" for rule, holds in checks.items() if not holds]

    def _is_named(self, name: str) -> bool:
        return bool((_OWN_NAME if isinstance(self.by, Own) else _NAME).fullmatch(name))

    def _declares_its_change(self) -> bool:
        """What is declared of a change is about phones; the service's own state has none and is never DISRUPTIVE."""
        if isinstance(self.by, Own):
            return self.change is None and self.risk <= Risk.CHANGE
        return (self.change is None) == (self.risk is Risk.READ)

    def _eases_downwards(self) -> bool:
        eased = self.change.eased if self.change else None
        return eased is None or eased.to < self.risk

    def _counts(self) -> bool:
        return self.change is None or self.change.count is not None or issubclass(self.params, Targets)

    def _composes_reads(self) -> bool:
        return not isinstance(self.by, Compose) or (self.risk is Risk.READ and self.by.needs.risk is Risk.READ)

    def _path_names(self) -> set[str]:
        return set(self.by.path_names) if isinstance(self.by, Endpoint) else set()
