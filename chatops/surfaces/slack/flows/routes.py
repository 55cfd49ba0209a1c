"""Which flow answers what: the tables that the pieces of this door plug into."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatops.surfaces.slack.cards import APPROVE, DENY, WITHDRAW
from chatops.surfaces.slack.flows.office import Checking, Flow, Follow, OwnCommand


@dataclass(frozen=True, kw_only=True)
class Routes:
    """What the router does not do itself. ``fresh`` names clicks and forms of which Slack is asked anew who it is."""

    follow: Follow
    clicks: Mapping[str, Flow]
    forms: Mapping[str, Flow]
    checks: Mapping[str, Checking]
    own: Mapping[str, OwnCommand]
    home: Flow
    fresh: frozenset[str] = frozenset({APPROVE, DENY, WITHDRAW})
