"""Everything this door draws, over texts that somebody means ill with: Slack takes it, and it calls nobody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from chatops.control import every_action
from chatops.operations.records import Operation
from chatops.operations.states import RequestState, State
from chatops.rendering import FIELDS, Shown
from chatops.surfaces.slack import cards, words
from chatops.surfaces.slack import help as helping
from chatops.surfaces.slack.asked import Misread
from chatops.surfaces.slack.drawing import drawn
from chatops.surfaces.slack.forms import form
from chatops.surfaces.slack.home import Home, home_view
from chatops.surfaces.slack.message import Message
from tests.chatops.operations.test_progress import operation, request
from tests.chatops.surfaces.slack.nasty import nasty
from tests.chatops.surfaces.slack.seen import harmless, payload, sound, sound_view
from tests.slack.limits import message_findings
from tools import AnyAction

ACTIONS = every_action()
RESET = ACTIONS["reset_instances"]
CELLS = st.none() | st.booleans() | st.integers() | nasty
STATES = st.sampled_from(State)


def whole_or_cut(message: Message) -> None:
    """Sound; a text that is too long for Slack says that there is more."""
    if message.text.endswith("… and more in the message itself"):
        assert not message_findings(payload(message))
        harmless(payload(message))
    else:
        sound(message)


def asked(state: State, *texts: str) -> Operation:
    plan, reason, person, region = texts
    requests = [request(number, each) for number, each in enumerate(RequestState)] * 3
    return operation(
        "reset_instances",
        state,
        *requests,
        plan={"text": plan},
        reason=reason,
        person=person[:64] or "alice",
        assistant=region or None,
        rules=(plan[:80], reason[:80]),
        decided_by=person or None,
        decided_at=1.0,
    )


operations = st.builds(asked, STATES, nasty, nasty, nasty, nasty)


@settings(max_examples=60)
@given(operations, nasty)
def test_cards(made: Operation, why: str) -> None:
    for message in (
        cards.confirmation_card(made, RESET, must_type=True),
        cards.confirmation_card(made, RESET, must_type=False),
        cards.approval_card(made, RESET, (why, "bob"), why=why),
        cards.state_card(made, RESET),
    ):
        whole_or_cut(message)


@given(operations, nasty)
def test_forms_behind_the_buttons_of_cards(made: Operation, typed: str) -> None:
    for view in (
        cards.confirmation_form(made, RESET, typed),
        cards.approval_form(made),
        cards.denial_form(made),
    ):
        sound_view(view)


@settings(max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=120), nasty, nasty, st.booleans())
def test_outcomes(rows: list[tuple[str | int | bool | None, ...]], said: str, other: str, fields: bool) -> None:
    columns = FIELDS if fields else (other or "phone", "output")
    shown = Shown(message=said, columns=columns, rows=tuple(rows), notes=(other,) * 9, quote=other or None)
    whole_or_cut(drawn(shown, mark="Done", operation="op_1").message)


@settings(max_examples=60)
@given(st.lists(operations, max_size=12), nasty, nasty)
def test_home(many: list[Operation], name: str, said: str) -> None:
    distinct = tuple({each.state: each for each in many}.values())
    numbered = tuple(operation("reset_instances", each.state, id=f"op_{n}") for n, each in enumerate(distinct))
    sound_view(
        home_view(
            Home(
                waiting=numbered,
                recent=(*numbered, *(many[:1] if not numbered else ())),
                words=("list", name),
                fleet=((name, said), (said, name)),
                freezes=(said,) * 12,
                chart_file="F1",
                chart_text=said,
            )
        )
    )


@given(nasty, nasty)
def test_help_on_what_could_not_be_read(text: str, other: str) -> None:
    whole_or_cut(helping.misread(Misread(problem=text[:900], pointed=other[:900], example=text[:100])))
    found = words.read(f"{other} {text}", ACTIONS)
    if isinstance(found, Misread):
        whole_or_cut(helping.misread(found))


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_help(action: AnyAction) -> None:
    sound(helping.help_on(action))
    sound(helping.overview(ACTIONS))


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
@settings(max_examples=10)
@given(text=nasty)
def test_forms_of_actions(action: AnyAction, text: str) -> None:
    given_texts: dict[str, JsonValue] = {
        name: [text[:600]] * 2 if name.endswith("s") else text[:600] for name in action.params.model_fields
    }
    sound_view(form(action, given_texts))
