import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.operations.states import State
from chatops.surfaces.slack import cards, limits
from chatops.surfaces.slack.flows.resulting import result_of
from chatops.surfaces.slack.message import Message
from tests.chatops.operations.test_progress import operation
from tools import load_actions

ACTION = load_actions()["reset_instances"]
HOSTILE = st.text(max_size=5000) | st.sampled_from(
    ["<!channel> <@U1> `a` | *b*", "\u202egnp", "x" * 5000, "😀" * 2000, "&" * 5000]
)


def within(message: Message) -> None:
    assert 0 < len(message.text) <= limits.FALLBACK
    assert "<!channel>" not in message.text
    assert "<@" not in message.text
    assert 0 < len(message.blocks) <= limits.MESSAGE_BLOCKS
    for block in message.blocks:
        text = block.get("text")
        if block["type"] == "section" and isinstance(text, dict):
            assert text["type"] == "plain_text"
            assert 0 < len(str(text["text"])) <= limits.SECTION_TEXT


@given(HOSTILE, HOSTILE, st.sampled_from(State))
def test_cards_of_hostile_operations_are_within_limits_and_ping_nobody(plan: str, reason: str, state: State) -> None:
    made = operation("reset_instances", state, plan={"text": plan}, reason=reason, decided_by="bob", decided_at=1.0)
    for message in (
        cards.confirmation_card(made, ACTION, must_type=True),
        cards.approval_card(made, ACTION, ("bob",), why=reason),
        cards.waiting_card(made, ACTION, ("bob", plan[:64])),
        cards.state_card(made, ACTION, reason),
        result_of(made, ACTION).message,
    ):
        within(message)


def test_buttons_carry_id_and_digest_and_nothing_else() -> None:
    made = operation("reset_instances", State.AWAITING_APPROVAL, digest="abc")
    row = cards.approval_card(made, ACTION, ()).blocks[-1]
    elements = row["elements"]
    assert isinstance(elements, list)
    for each in elements:
        assert isinstance(each, dict)
        assert cards.held(str(each["value"])) == cards.Held(operation="op_1", digest="abc")


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", '{"operation": 1, "digest": "a"}', "[" * 5000])
def test_values_of_others_are_not_taken_for_ours(text: str) -> None:
    assert cards.held(text) is None


def test_a_destructive_call_is_confirmed_in_a_form_that_asks_to_type() -> None:
    made = operation("reset_instances", State.AWAITING_CONFIRMATION, plan={"text": "Erase?"}, risk="DESTRUCTIVE")
    view = json.dumps(cards.confirmation_form(made, ACTION, "2"))
    assert "Type 2 to go on" in view
    assert "Reset 2 phones" in view
    assert cards.filled({"typed": {"typed": {"value": " 2 "}}}, cards.TYPED) == "2"
    assert cards.filled({}, cards.TYPED) == ""
    for form in (cards.approval_form(made), cards.denial_form(made)):
        assert cards.held(str(form["private_metadata"])) is not None


def test_card_where_it_was_asked_can_be_taken_back_and_not_approved() -> None:
    made = operation("reset_instances", State.AWAITING_APPROVAL, digest="abc")
    shown = json.dumps(cards.waiting_card(made, ACTION, ("bob",)).blocks)
    assert '"withdraw"' in shown
    assert '"approve"' not in shown
    assert "May decide: bob." in shown


@pytest.mark.parametrize(
    ("state", "decided_by", "said"),
    [
        (State.RUNNING, "bob", "Approved by bob"),
        (State.RUNNING, "alice", "Confirmed by alice"),
        (State.DECLINED, "bob", "Denied by bob"),
        (State.CANCELLED, "alice", "Withdrawn by alice"),
    ],
)
def test_card_says_who_decided_and_what(state: State, decided_by: str, said: str) -> None:
    made = operation("reset_instances", state, person="alice", decided_by=decided_by, decided_at=1.0)
    assert said in cards.state_card(made, ACTION).text
