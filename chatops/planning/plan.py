"""A plan: the phones a call would touch, what is known of them, and what a person must see before they agree."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from tools import AnyAction, Params, RunState, Targets, phones

_SHOWN = 10
_LISTED = 20
_NAMED_AT_MOST = 5


@dataclass(frozen=True, kw_only=True)
class Target:
    """One phone as it was read. ``in_use`` is true also where nobody knows."""

    instance_id: str
    name: str | None
    region: str | None
    state: RunState | None
    assignee: str | None
    in_use: bool
    frozen: bool
    backup: str | None

    def material(self) -> dict[str, JsonValue]:
        """What must not change between consent and sending."""
        return {
            "instance_id": self.instance_id,
            "region": self.region,
            "state": self.state.value if self.state else None,
            "assignee": self.assignee,
            "in_use": self.in_use,
            "frozen": self.frozen,
        }

    def line(self) -> str:
        """The phone on one line, for a person."""
        state = self.state.value if self.state else "state unknown"
        owner = f"assigned to {self.assignee}" if self.assignee else "assigned to nobody"
        marks = [mark for holds, mark in ((self.in_use, "IN USE"), (self.frozen, "FROZEN")) if holds]
        named = f"{self.instance_id} ({self.name})" if self.name else self.instance_id
        return ", ".join([named, self.region or "region unknown", state, owner, *marks])


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One request: its phones lie in one region where they must, and ``params`` are what is sent."""

    region: str | None
    instance_ids: tuple[str, ...]
    params: Params


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would happen. ``params`` are as they were asked for, ``pinned`` the same for exactly these phones.

    ``read_at`` is when the facts were read, in seconds of a clock that never goes back.
    """

    action: AnyAction
    params: Params
    pinned: Params
    person: str
    account: str
    targets: tuple[Target, ...]
    batches: tuple[Batch, ...]
    warnings: tuple[str, ...]
    fleet_size: int | None
    count: int
    read_at: float
    digest: str

    @property
    def places(self) -> frozenset[str | None]:
        """Where it acts, None standing for wherever nobody knows. An order names no phones: its request does it."""
        ordered = {batch.region for batch in self.batches if not batch.instance_ids}
        return frozenset({target.region for target in self.targets} | ordered)

    @property
    def regions(self) -> frozenset[str]:
        """The regions that are known to be touched."""
        return frozenset(place for place in self.places if place is not None)

    def regions_of(self, params: Params) -> frozenset[str | None]:
        """Where the phones are that these params name, None standing for wherever nobody knows."""
        named = params.instance_ids if isinstance(params, Targets) else ()
        return frozenset(target.region for target in self.targets if target.instance_id in named)

    @property
    def in_use(self) -> int:
        """How many of the phones somebody uses, or may be using."""
        return sum(target.in_use for target in self.targets)

    @property
    def question(self) -> str:
        """What a person is asked, in one sentence."""
        change = self.action.change
        return _visible(change.confirm(self.pinned, self)) if change else self.action.summary

    def text(self) -> str:
        """What a person agrees to, in full: their consent is bound to these very words."""
        change = self.action.change
        listed = [f"  {target.line()}" for target in self.targets[:_SHOWN]]
        left = len(self.targets) - len(listed)
        return "\n".join(
            [
                self.question,
                *listed,
                *([f"  and {phones(left)} more"] if left else []),
                *self._reach(),
                *self._params(),
                *(f"Note: {warning}" for warning in self.warnings),
                *([f"Undo: {change.undo}"] if change else []),
                f"Plan {self.digest[:12]}",
            ]
        )

    def _reach(self) -> list[str]:
        """How much of the fleet it is, and where: a list that is cut short tells neither."""
        if len(self.targets) <= 1:
            return []
        places = Counter(target.region or "region unknown" for target in self.targets)
        of = f" of {self.fleet_size} in the fleet" if self.fleet_size is not None else ""
        where = ", ".join(f"{places[each]} in {each}" for each in sorted(places))
        return [f"In all: {phones(self.count)}{of}; {where}"]

    def _params(self) -> list[str]:
        """The params besides the phones; secrets are masked."""
        shown = self.params.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude={"instance_ids"})
        return [f"With: {_visible(json.dumps(shown, ensure_ascii=False))}"] if shown else []

    @property
    def text_digest(self) -> str:
        """SHA-256 of what a person agrees to."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def facts(self) -> list[JsonValue]:
        """What must not change of each phone, for the record: of all of them, so that a change can be named later."""
        return [target.material() for target in self.targets]

    def document(self) -> dict[str, JsonValue]:
        """The plan as JSON; of many phones the first, and how many there are."""
        return {
            "question": self.question,
            "count": self.count,
            "regions": [*sorted(self.regions)],
            "in_use": self.in_use,
            "fleet_size": self.fleet_size,
            "requests": len(self.batches),
            "targets": [
                {**target.material(), "name": target.name, "backup": target.backup} for target in self.targets[:_LISTED]
            ],
            "targets_left_out": max(0, len(self.targets) - _LISTED),
            "warnings": [*self.warnings],
            "digest": self.digest,
        }


def drift(planned: JsonValue, targets: Sequence[Target]) -> str:
    """What has changed since a plan was written down, as one sentence; the first changes of many."""
    changed = differences(planned, targets)
    named = "; ".join(changed[:_NAMED_AT_MOST]) or "something else of it has changed"
    more = f"; and {len(changed) - _NAMED_AT_MOST} more changes" if len(changed) > _NAMED_AT_MOST else ""
    return f"It is no longer what was asked for: {named}{more}."


def differences(planned: JsonValue, targets: Sequence[Target]) -> tuple[str, ...]:
    """What has changed since a plan was written down as ``facts``, as sentences."""
    listed = planned if isinstance(planned, list) else []
    before = {str(each["instance_id"]): each for each in listed if isinstance(each, dict)}
    after = {target.instance_id: target.material() for target in targets}
    lines = [f"{each} is no longer among them" for each in before if each not in after]
    lines += [f"{each} has come in" for each in after if each not in before]
    for each in before.keys() & after.keys():
        was, now = before[each], after[each]
        lines += [
            f"{each}: {field} was {_word(was.get(field))}, is now {_word(now[field])}"
            for field in now
            if was.get(field) != now[field]
        ]
    return tuple(sorted(lines))


def _visible(text: str) -> str:
    """With escapes for what cannot be seen: an argument must not be able to rearrange what somebody agrees to."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _word(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
