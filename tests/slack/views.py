"""Forms and home tabs as Slack keeps them: hashes, external ids, at most three forms on top of each other."""

from dataclasses import dataclass, field
from itertools import count

from tests.slack import JsonObject
from tests.slack.changes import Changes
from tests.slack.reading import seen_in, with_block_ids
from tests.slack.refused import Refused

STACK = 3


@dataclass(kw_only=True)
class View:
    """A form or a home tab as it stands now."""

    id: str
    user: str
    team: str
    payload: JsonObject
    hash: str
    root: str
    previous: str | None = None
    is_open: bool = True
    suggested: dict[str, list[JsonObject]] = field(default_factory=dict)  # options answered so far, by action_id
    versions: list[JsonObject] = field(default_factory=list)

    @property
    def callback_id(self) -> str:
        return str(self.payload.get("callback_id") or "")

    @property
    def external_id(self) -> str:
        return str(self.payload.get("external_id") or "")

    @property
    def private_metadata(self) -> str:
        return str(self.payload.get("private_metadata") or "")

    @property
    def blocks(self) -> list[JsonObject]:
        return list(self.payload["blocks"])

    @property
    def seen(self) -> str:
        """Everything a reader could see of it."""
        return "\n".join(seen_in(self.payload))

    def as_json(self, values: JsonObject | None = None) -> JsonObject:
        """As in answers and payloads."""
        filled = {"callback_id": "", "private_metadata": "", "external_id": "", "close": None, "submit": None}
        flags = {"clear_on_close": False, "notify_on_close": False}
        place = {"root_view_id": self.root, "previous_view_id": self.previous}
        state = {"state": {"values": values or {}}, "hash": self.hash, "id": self.id, "team_id": self.team}
        return {**filled, **flags, **self.payload, **place, **state}


class Views:
    """Which views each person has open."""

    def __init__(self, *, team: str, changes: Changes) -> None:
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.ever: dict[str, View] = {}
        self._team = team
        self._changes = changes
        self._numbers = count(1)

    def open(self, user: str, payload: JsonObject) -> View:
        """A new form, alone on the screen."""
        self.clear(user)
        return self._stack(user, payload)

    def push(self, user: str, payload: JsonObject) -> View:
        """A new form on top of those that are open."""
        if not self.stacks.get(user):
            raise Refused("not_found")
        if len(self.stacks[user]) >= STACK:
            raise Refused("push_limit_reached")
        return self._stack(user, payload)

    def publish(self, user: str, payload: JsonObject, expected: str | None) -> View:
        """The home tab of a person."""
        home = self.homes.get(user)
        if home is None:
            home = self.homes[user] = self._new(user, payload)
        else:
            self.replace(home, payload, expected)
        self._changes.happened()
        return home

    def replace(self, view: View, payload: JsonObject, expected: str | None) -> None:
        """Another content of a view; with ``expected``, only if nothing changed since."""
        if not view.is_open:
            raise Refused("not_found")
        if expected is not None and expected != view.hash:
            raise Refused("hash_conflict")
        if payload.get("type") != view.payload.get("type"):
            raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] the type of a view is fixed"]})
        self._refuse_double(payload, but=view)
        number = next(self._numbers)
        view.payload = {**payload, "blocks": with_block_ids(payload["blocks"], f"v{number}-")}
        view.hash = f"{number}.hash"
        view.versions.append(view.payload)
        self._changes.happened()

    def close(self, view: View) -> None:
        """The top form goes; ``Slack`` shows the one below."""
        view.is_open = False
        self.stacks[view.user] = [one for one in self.stacks[view.user] if one.is_open]
        self._changes.happened()

    def clear(self, user: str) -> None:
        """All forms of the person go."""
        for view in self.stacks.pop(user, []):
            view.is_open = False
        self._changes.happened()

    def find(self, identifier: str = "", external: str = "") -> View:
        """An open view or a home tab, by id or by external id."""
        known = (*(view for stack in self.stacks.values() for view in stack), *self.homes.values())
        for view in known:
            if (identifier and view.id == identifier) or (external and view.external_id == external):
                return view
        raise Refused("not_found")

    def top(self, user: str) -> View | None:
        """The form the person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def _stack(self, user: str, payload: JsonObject) -> View:
        view = self._new(user, payload)
        stack = self.stacks.setdefault(user, [])
        if stack:
            view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        self._changes.happened()
        return view

    def _new(self, user: str, payload: JsonObject) -> View:
        self._refuse_double(payload, but=None)
        number = next(self._numbers)
        identifier = f"V{number:06d}"
        kept = {**payload, "blocks": with_block_ids(payload["blocks"], f"v{number}-")}
        view = View(id=identifier, user=user, team=self._team, payload=kept, hash=f"{number}.hash", root=identifier)
        view.versions.append(kept)
        self.ever[identifier] = view
        return view

    def _refuse_double(self, payload: JsonObject, but: View | None) -> None:
        external = payload.get("external_id")
        open_views = (*(view for stack in self.stacks.values() for view in stack), *self.homes.values())
        if external and any(view.external_id == external and view is not but for view in open_views):
            raise Refused("duplicate_external_id")
