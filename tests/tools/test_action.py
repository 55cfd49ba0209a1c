from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from pydantic import Field

from tests.chatops.cloud.world import ACTIONS
from tools import (
    Accepted,
    Action,
    AnyAction,
    Change,
    Compose,
    Eased,
    Endpoint,
    NoParams,
    Own,
    Params,
    Receipt,
    Risk,
    Settled,
    compose,
)

REBOOT = ACTIONS["reboot_instances"]
STATUS = ACTIONS["query_status"]
RUN = ACTIONS["run_command"]
SUMMARY = ACTIONS["fleet_summary"]


class Undescribed(Params):
    """A param that does not say what it is."""

    phone: str


class Described(Params):
    """A param that does."""

    phone: str = Field(description="Phone")


def uncounted(action: AnyAction) -> Change[Any, Any]:
    """The change of an action whose params name no phones, and which does not count them otherwise."""
    assert action.change is not None
    return replace(action.change, count=None)


CONTRADICTIONS: dict[str, tuple[AnyAction, dict[str, object]]] = {
    "its name is verb_noun in lower case": (REBOOT, {"name": "reboot"}),
    "its word is short and lower case": (REBOOT, {"word": "Reboot"}),
    "a name it had before is another one": (REBOOT, {"aliases": ("reboot_instances",)}),
    "it has a documentation": (REBOOT, {"doc": " \n "}),
    "it has an example": (REBOOT, {"examples": ()}),
    "a READ declares no change, anything else declares one": (REBOOT, {"change": None}),
    "a change says how many phones it concerns": (REBOOT, {"params": NoParams}),
    "what is composed is a READ, over a READ": (REBOOT, {"by": SUMMARY.by}),
    "names in the path are params": (REBOOT, {"by": Endpoint(method="POST", path="/v1/instances/{phone}/x")}),
    "every param says what it is": (STATUS, {"params": Undescribed}),
}


def changed(action: AnyAction, **changes: object) -> AnyAction:
    return replace(action, **changes)  # type: ignore[arg-type]  # contradictions are what these tests are about


@pytest.mark.parametrize("rule", CONTRADICTIONS)
def test_contradiction_is_refused_with_the_name_of_the_action_and_the_rule(rule: str) -> None:
    action, changes = CONTRADICTIONS[rule]
    with pytest.raises(ValueError, match=f"action {changes.get('name', action.name)}: it must hold that {rule}"):
        changed(action, **changes)


@pytest.mark.parametrize(
    "name", ["", "reboot", "Reboot_phones", "reboot_", "_reboot", "reboot-phones", "reboot_2", "a b_c"]
)
def test_name_that_is_not_verb_and_noun_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="verb_noun"):
        changed(REBOOT, name=name)


@pytest.mark.parametrize("word", ["", "Reboot", "reboot phones", "reboot_phones", "a" * 17, "-a", "a1"])
def test_word_that_nobody_would_type_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="short and lower case"):
        changed(REBOOT, word=word)


@pytest.mark.parametrize("word", ["a", "reboot", "re-boot", "a" * 16])
def test_short_word_is_taken(word: str) -> None:
    assert changed(REBOOT, word=word).word == word


async def answered(_: object, __: object) -> Accepted:
    return Accepted()


OWN: Own[Any, Any] = Own(answer=answered)


def test_action_over_our_own_state_may_have_one_word_as_its_name() -> None:
    assert changed(STATUS, by=OWN, name="whoami").name == "whoami"
    with pytest.raises(ValueError, match="verb_noun"):
        changed(STATUS, by=OWN, name="Who am I")


@pytest.mark.parametrize(("risk", "change", "fine"), [("CHANGE", False, True), ("DISRUPTIVE", False, False)])
def test_action_over_our_own_state_touches_no_phone(risk: str, change: bool, fine: bool) -> None:
    declared: dict[str, object] = {"by": OWN, "risk": Risk[risk], "change": REBOOT.change if change else None}
    if fine:
        assert changed(REBOOT, **declared).risk is Risk[risk]
    else:
        with pytest.raises(ValueError, match="anything else declares one"):
            changed(REBOOT, **declared)


def test_permissions_are_its_own_and_that_of_what_it_is_composed_of() -> None:
    assert STATUS.permissions == ("instances:read",)
    assert SUMMARY.permissions == ("instances:read", "instances:read")


def test_read_that_declares_a_change_is_refused() -> None:
    with pytest.raises(ValueError, match="a READ declares no change"):
        changed(STATUS, change=REBOOT.change)


def test_order_that_counts_nothing_is_refused() -> None:
    create = ACTIONS["create_instances"]
    with pytest.raises(ValueError, match="how many phones"):
        changed(create, change=uncounted(create))


@pytest.mark.parametrize("risk", [Risk.DESTRUCTIVE])
def test_easing_that_does_not_lower_the_risk_is_refused(risk: Risk) -> None:
    assert RUN.change is not None
    eased = replace(RUN.change, eased=Eased(to=risk, when=lambda _: True))
    with pytest.raises(ValueError, match="easing lowers the risk"):
        changed(RUN, change=eased)


@pytest.mark.parametrize("risk", [Risk.READ, Risk.CHANGE, Risk.DISRUPTIVE])
def test_easing_to_less_is_what_the_risk_of_that_call_is(risk: Risk) -> None:
    assert RUN.change is not None
    eased = changed(RUN, change=replace(RUN.change, eased=Eased(to=risk, when=lambda params: params.command == "id")))
    assert eased.risk_of(RUN.params(command="id", instance_ids=("a",))) is risk
    assert eased.risk_of(RUN.params(command="ls", instance_ids=("a",))) is Risk.DESTRUCTIVE


def test_composition_over_something_that_changes_is_refused() -> None:
    over: Compose[Any, Any] = compose(REBOOT, ask=lambda params: params, answer=lambda _, result: result)
    with pytest.raises(ValueError, match="what is composed is a READ, over a READ"):
        changed(SUMMARY, by=over)


def test_path_may_name_a_param() -> None:
    action = changed(
        STATUS, by=Endpoint(method="POST", path="/v1/instances/{phone}/x"), params=Described, complete=None
    )
    assert isinstance(action.by, Endpoint)
    assert action.by.path_names == {"phone"}


def test_first_line_is_the_summary_and_the_rest_one_paragraph() -> None:
    action = changed(REBOOT, doc="\nReboot phones.\n\nWhoever uses one\nis interrupted.\n\nTwice.\n")
    assert (action.summary, action.details) == ("Reboot phones", "Whoever uses one is interrupted. Twice.")


def test_calls_are_counted_by_their_phones_or_as_they_say() -> None:
    assert REBOOT.count_of(REBOOT.params(instance_ids=("a", "b"))) == 2
    create = ACTIONS["create_instances"]
    assert create.count_of(create.examples[0].params.model_copy(update={"count": 7})) == 7
    assert SUMMARY.count_of(SUMMARY.params()) == 0


def test_record_takes_its_fields_by_name_only_and_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        Action("melt_phones", "melt")  # type: ignore[call-arg]  # that it fails is the test
    with pytest.raises(FrozenInstanceError):
        REBOOT.risk = Risk.READ  # type: ignore[misc]  # that it fails is the test


@pytest.mark.parametrize(
    "missing", ["risk", "permission", "change", "by", "params", "result", "view", "examples", "doc"]
)
def test_safety_has_no_defaults(missing: str) -> None:
    fields: dict[str, Any] = {name: getattr(REBOOT, name) for name in REBOOT.__dataclass_fields__}
    del fields[missing]
    with pytest.raises(TypeError, match=missing):
        Action(**fields)


@pytest.mark.parametrize("missing", ["confirm", "undo", "verify", "lost", "wipes", "resend", "settled"])
def test_change_owes_everything_to_the_people_it_concerns(missing: str) -> None:
    assert REBOOT.change is not None
    fields: dict[str, Any] = {name: getattr(REBOOT.change, name) for name in REBOOT.change.__dataclass_fields__}
    del fields[missing]
    with pytest.raises(TypeError, match=missing):
        Change(**fields)


def test_receipt_is_the_smallest_view_there_is() -> None:
    view: Receipt[Any, Any] = Receipt(say=lambda *_: "Done.")
    assert changed(REBOOT, view=view).view.say(REBOOT.examples[0].params, Accepted()) == "Done."
    assert REBOOT.change is not None
    assert REBOOT.change.settled(REBOOT.examples[0].params, Accepted()) is Settled.ACCEPTED
