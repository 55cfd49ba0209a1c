"""What this door draws, to look at.

``python -m tests.chatops.surfaces.slack.gallery`` writes it to ``.github/slack``.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatops.control import every_action
from chatops.freezes import Freeze, Scope
from chatops.operations.records import Operation, Request
from chatops.operations.states import RequestState, State
from chatops.outcome import Outcome, Status
from chatops.runbooks import load_runbooks
from chatops.surfaces.slack import cards, steps, words
from chatops.surfaces.slack import help as helping
from chatops.surfaces.slack.asked import Misread
from chatops.surfaces.slack.drawing import drawn_outcome
from chatops.surfaces.slack.flows.freezing import frozen
from chatops.surfaces.slack.forms import form
from chatops.surfaces.slack.home import Home, home_view
from chatops.surfaces.slack.message import Message
from tests.chatops.conftest import START
from tests.chatops.operations.test_progress import operation, request
from tests.slack import JsonObject
from tests.slack.picture import page
from tools.fleet_summary import FleetSummary, FleetSummaryParams, Oddity, RegionCount

FOLDER = Path(__file__).parents[4] / ".github" / "slack"
PAGE = FOLDER / "cards.html"
ACTIONS = every_action()
RESET = ACTIONS["reset_instances"]
_PHONES = (("a44uhlf7", "lobby-1", "unknown"), ("efjy72gs", "lobby-2", "running"))
_PLAN = "\n".join(
    [
        "Erase everything on 2 phones?",
        *(f"  {phone} ({name}), cn-north-7, {state}, assigned to 1123422" for phone, name, state in _PHONES),
        "In all: 2 phones of 60 in the fleet; 2 in cn-north-7",
        "Note: No backup on record for 2 of 2 phones.",
        "Undo: Nothing restores a reset phone, except a backup taken before.",
        "Plan 618691ae6623",
    ]
)


def scenes() -> Iterator[tuple[str, JsonObject]]:
    """Names and payloads, as they are sent."""
    yield "help", _message(helping.overview(ACTIONS))
    misread = words.read("reset a44uhlf7 where=regoin=cn-north-7 reasn=stuck", ACTIONS)
    assert isinstance(misread, Misread)
    yield "not-understood", _message(helping.misread(misread))
    yield "form", form(RESET, {"instance_ids": ["a44uhlf7"]})
    yield "read", _message(drawn_outcome(_fleet()).message)
    yield from _consent()
    yield from _states()
    yield "frozen", _message(frozen(_freeze(), "/phone"))
    yield (
        "runbook",
        _message(steps.steps(load_runbooks()["incident_triage"], {"symptom": "Streams freeze since 14:00"})),
    )
    yield "home", home_view(_home())


def written() -> dict[Path, str]:
    """Every file with its content."""
    made = list(scenes())
    files = {FOLDER / f"{name}.json": json.dumps(each, indent=1, ensure_ascii=False) + "\n" for name, each in made}
    return {**files, PAGE: page("What chatops draws in Slack", made)}


def _message(message: Message) -> dict[str, Any]:
    return {"text": message.text, "blocks": [*message.blocks]}


def _asked(state: State, *requests: Request, **more: object) -> Operation:
    return operation(
        "reset_instances",
        state,
        *requests,
        id="op_qghjkenru6srhxae",
        risk="DESTRUCTIVE",
        plan={"text": _PLAN},
        digest="618691ae6623",
        rules=("type-destructive", "approve-beyond-small"),
        asked_at=START,
        expires_at=START + 1800,
        **more,
    )


def _consent() -> Iterator[tuple[str, JsonObject]]:
    mine = _asked(State.AWAITING_CONFIRMATION, door="slack")
    yield "confirmation", _message(cards.confirmation_card(mine, RESET, must_type=True))
    yield "confirmation-form", cards.confirmation_form(mine, RESET, "2")
    theirs = _asked(
        State.AWAITING_APPROVAL, door="mcp", assistant="desk-assistant 2.1", reason="Stuck since the rollout"
    )
    why = "What is destructive and asked for through an assistant needs another person."
    yield "approval", _message(cards.approval_card(theirs, RESET, ("bob", "carol"), why=why))
    yield "approval-form", cards.approval_form(theirs)


def _states() -> Iterator[tuple[str, JsonObject]]:
    decided = {"door": "slack", "decided_by": "bob", "decided_at": START + 60}
    yield "running", _message(cards.state_card(_asked(State.RUNNING, request(), **decided), RESET))
    parts = (request(), request(1, RequestState.FAILED))
    yield "partly-done", _message(cards.state_card(_asked(State.PARTIAL, *parts, **decided), RESET))


def _fleet() -> Outcome:
    regions = tuple(
        RegionCount(region=name, phones=count, running=count - 4, assigned=count - 9, in_use=count // 3, frozen=1)
        for name, count in (("cn-north-4", 21), ("cn-north-7", 39))
    )
    summary = FleetSummary(
        phones=60,
        regions=regions,
        running_status={"running": 52, "stopped": 6, "unknown": 2},
        assigned=42,
        in_use=20,
        frozen=2,
        backup_status={},
        restore_status={},
        oddities=(Oddity(what="stopped but logged in", phones=1, instance_ids=("a44uhlf7",)),),
        complete=True,
    )
    action = ACTIONS["fleet_summary"]
    said = action.view.say(FleetSummaryParams(), summary)
    return Outcome(status=Status.DONE, message=said, action=action, result=summary)


def _freeze() -> Freeze:
    scope = Scope(region="cn-north-7")
    return Freeze(id="fz_1", reason="bad image", begins_at=START, ends_at=START + 1800, by="alice", scope=scope)


def _home() -> Home:
    return Home(
        waiting=(_asked(State.AWAITING_APPROVAL, door="mcp"),),
        recent=(_asked(State.DONE, door="slack"),),
        words=tuple(each.word for each in ACTIONS.values()),
        fleet=(("phones", "60"), ("running", "52"), ("in use", "20"), ("! stopped but logged in", "1")),
        freezes=("region cn-north-7: bad image (until 2026-11-24 03:30 UTC, by alice)",),
    )


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in written().items():
        file.write_text(text, encoding="utf-8")
