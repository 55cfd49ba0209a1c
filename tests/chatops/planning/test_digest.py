from dataclasses import replace
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.parsing import parse
from chatops.planning import Target
from chatops.planning.digest import digest_of
from tests.chatops.cloud.world import ACTIONS
from tests.chatops.planning.stage import fleets, params_of, plan_of, target
from tests.tools.strategies import ACCEPTED, Arguments
from tools import Params, RunState

PHONE = target()


def digest(
    targets: list[Target], *, action: str = "reboot_instances", account: str = "tests", person: str = "alice"
) -> str:
    params = params_of(action, [each.instance_id for each in targets])
    return digest_of(account=account, action=ACTIONS[action], params=params, targets=targets, person=person)


def test_digest_is_the_same_in_every_process_and_release() -> None:
    """Consents outlive the process that asked for them; whoever changes this on purpose raises its version."""
    written = (
        '{"account":"tests","action":"reboot_instances","params":{},"person":"alice","targets":[{"assignee":"1123422",'
        '"frozen":false,"in_use":false,"instance_id":"a44uhlf7","region":"cn-north-7","state":"running"}],"version":1}'
    )
    assert digest([PHONE]) == sha256(written.encode()).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"instance_id": "efjy72gs"},
        {"region": "cn-north-4"},
        {"region": None},
        {"state": RunState.STOPPED},
        {"state": None},
        {"assignee": "7"},
        {"assignee": None},
        {"in_use": True},
        {"frozen": True},
    ],
    ids=str,
)
def test_every_material_fact_is_in_it(change: dict[str, object]) -> None:
    assert digest([replace(PHONE, **change)]) != digest([PHONE])  # type: ignore[arg-type]  # a field each


@pytest.mark.parametrize("change", [{"name": "approved"}, {"backup": None}], ids=str)
def test_what_is_only_shown_is_not(change: dict[str, object]) -> None:
    assert digest([replace(PHONE, **change)]) == digest([PHONE])  # type: ignore[arg-type]  # as above


def test_action_person_and_account_are_in_it() -> None:
    others = [
        digest([PHONE], action="reset_instances"),
        digest([PHONE], person="bob"),
        digest([PHONE], account="other"),
    ]
    assert len({digest([PHONE]), *others}) == 4


@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("run_command", {"command": "ls -l /sdcard"}),
        ("assign_instances", {"user_id": "7"}),
        ("set_video", {"p720": {"kbps": 100, "fps": 30}}),
        ("install_app", {"fast": False}),
        ("install_app", {"link": "https://other.example.com/app.apk?signature=1"}),
        ("create_instances", {"count": 2}),
    ],
    ids=str,
)
def test_every_param_is_in_it(action: str, change: dict[str, Any]) -> None:
    targets = [] if action == "create_instances" else [PHONE]
    assert plan_of(action, targets, **change).digest != plan_of(action, targets).digest


def test_two_links_that_differ_in_their_signature_are_two_plans() -> None:
    one, other = (
        plan_of("install_app", [PHONE], link=f"https://obs.example.com/app.apk?Signature={letter}").digest
        for letter in "ab"
    )
    assert one != other


def test_param_that_is_left_out_is_the_same_as_its_default() -> None:
    assert plan_of("install_app", [PHONE], md5="").digest == plan_of("install_app", [PHONE]).digest


def test_phones_found_by_a_filter_are_the_same_plan_as_the_same_phones_by_name() -> None:
    by_filter = plan_of("reboot_instances", [PHONE], where="name=demo-*")
    assert by_filter.digest == plan_of("reboot_instances", [PHONE]).digest


@given(fleets, st.randoms(use_true_random=False))
def test_order_of_the_phones_does_not_matter(targets: list[Target], random: Random) -> None:
    assert digest(random.sample(targets, len(targets))) == digest(targets)


@given(fleets, fleets)
def test_other_phones_or_other_facts_are_another_digest(one: list[Target], other: list[Target]) -> None:
    def facts(targets: list[Target]) -> set[str]:
        return {str(each.material()) for each in targets}

    assert (digest(one) == digest(other)) is (facts(one) == facts(other))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("action", [name for name in ACCEPTED if ACTIONS[name].change is not None])
def test_whatever_is_accepted_has_a_digest_that_only_the_same_call_shares(action: str, data: st.DataObject) -> None:
    record = ACTIONS[action]

    def parsed(arguments: Arguments) -> Params:
        return parse(record, {**arguments, **({"instance_ids": ["a"]} if "instance_ids" in arguments else {})})

    def digest_for(params: Params) -> str:
        return digest_of(account="tests", action=record, params=params, targets=[target("a")], person="alice")

    drawn = data.draw(ACCEPTED[action])
    one, again, other = parsed(drawn), parsed(dict(reversed(drawn.items()))), parsed(data.draw(ACCEPTED[action]))
    assert digest_for(one) == digest_for(again)
    assert (digest_for(one) == digest_for(other)) is (one == other)
