"""The policy in force, and how another one takes its place."""

from collections.abc import Callable
from dataclasses import dataclass

from chatops.errors import ConfigurationError
from chatops.policy.decision import Decision
from chatops.policy.engine import PolicyEngine
from chatops.policy.facts import Facts
from chatops.team import Team


@dataclass(frozen=True, kw_only=True)
class Reloaded:
    """A reload that succeeded; ``changes`` are sentences for the audit, none where nothing changed."""

    changes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A reload that failed: the policy before it is still in force."""

    error: ConfigurationError


class PolicyHolder:
    """Decides by the policy in force. Swapping it is one assignment, so a decision sees the old one or the new one."""

    def __init__(self, load: Callable[[], PolicyEngine]) -> None:
        self._load = load
        self._engine = load()
        self._kept: Kept | None = None

    @property
    def kept(self) -> Kept | None:
        """Why what is in force is not what the files say, if the last reload failed."""
        return self._kept

    @property
    def engine(self) -> PolicyEngine:
        """The policy in force."""
        return self._engine

    @property
    def team(self) -> Team:
        """The team that the policy in force speaks of."""
        return self._engine.team

    def decide(self, facts: Facts) -> Decision:
        """The decision of the policy in force."""
        return self._engine.decide(facts)

    def reload(self) -> Reloaded | Kept:
        """Read everything again; keep what is in force unless all of it can be used."""
        try:
            fresh = self._load()
        except ConfigurationError as error:
            self._kept = Kept(error=error)
            return self._kept
        changes = differences(self._engine, fresh)
        self._engine, self._kept = fresh, None
        return Reloaded(changes=changes)


def differences(old: PolicyEngine, new: PolicyEngine) -> tuple[str, ...]:
    """What is another rule, or says something else in the team file, one short sentence each."""
    rules = _differing({rule.id: rule.text for rule in old.rules}, {rule.id: rule.text for rule in new.rules})
    limits = _differing(_limits(old.team), _limits(new.team))
    people = _differing(_roles(old.team), _roles(new.team))
    identities = _differing(_identities(old.team), _identities(new.team))
    settings = _differing(_settings(old.team), _settings(new.team))
    windows = _differing(_windows(old.team), _windows(new.team))
    return (
        *(f"rule {name}: {_word(before, after)}" for name, before, after in rules),
        *(f"limit {name}: {before} became {after}" for name, before, after in limits),
        *(f"person {name}: {before or 'nobody'} became {after or 'nobody'}" for name, before, after in people),
        *(f"{name}: {before or 'nobody'} became {after or 'nobody'}" for name, before, after in identities),
        *(f"{name}: {before} became {after}" for name, before, after in settings),
        *(f"window {name}: {_word(before, after)}" for name, before, after in windows),
    )


def _differing(old: dict[str, str], new: dict[str, str]) -> list[tuple[str, str | None, str | None]]:
    pairs = [(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]
    return [(name, before, after) for name, before, after in pairs if before != after]


def _word(before: str | None, after: str | None) -> str:
    return "added" if before is None else "removed" if after is None else "changed"


def _limits(team: Team) -> dict[str, str]:
    return {name: str(value) for name, value in team.limits.model_dump(mode="json").items()}


def _roles(team: Team) -> dict[str, str]:
    return {name: ", ".join(sorted(person.roles)) or "no roles" for name, person in team.people.items()}


def _identities(team: Team) -> dict[str, str]:
    """Who is whom at each door, and which groups grant what."""
    known = {
        f"{door} {identity}": name
        for door in ("terminal", "slack", "oidc")
        for name, person in team.people.items()
        for identity in getattr(person, door)
    }
    groups = {**team.slack_usergroups, **team.oidc_groups}
    return known | {f"group {name}": ", ".join(sorted(roles)) or "no roles" for name, roles in groups.items()}


def _settings(team: Team) -> dict[str, str]:
    parts = {"terminal": team.terminal, "approvals": team.approvals}
    return {
        f"{part}.{name}": str(value) for part, values in parts.items() for name, value in values.model_dump().items()
    }


def _windows(team: Team) -> dict[str, str]:
    return {
        f"{each.from_.isoformat(timespec='minutes')} to {each.until.isoformat(timespec='minutes')}": each.reason
        for each in team.freeze
    }
