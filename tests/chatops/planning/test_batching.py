import json
from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.cloud.requests import outgoing_request
from chatops.planning import Target
from chatops.planning.batching import batches_of, kept
from tests.chatops.cloud.world import ACTIONS
from tests.chatops.planning.stage import fleet_of, fleets, params_of, target
from tools import Endpoint, Params, Risk, Targets

CHANGES = [
    name for name, action in ACTIONS.items() if action.risk is not Risk.READ and issubclass(action.params, Targets)
]
MANY = [*fleet_of(230, region="cn-north-7"), target("q1", region="cn-north-4"), target("q2", region=None)]


def ids_of(params: Params) -> tuple[str, ...]:
    assert isinstance(params, Targets)
    return params.instance_ids


def body_of(action: str, params: Params) -> str:
    endpoint = ACTIONS[action].by
    assert isinstance(endpoint, Endpoint)
    outgoing = outgoing_request(endpoint, params, origin="http://localhost", request_id="r")
    assert outgoing.body is not None
    return outgoing.body.decode()


@pytest.mark.requirement("limit:instance-ids-length", "limit:user-instances-length")
@pytest.mark.parametrize("action", CHANGES)
def test_no_request_names_more_than_a_hundred_phones_and_each_phone_is_named_once(action: str) -> None:
    batches = batches_of(ACTIONS[action], params_of(action, [each.instance_id for each in MANY]), MANY)
    named = Counter(phone for batch in batches for phone in ids_of(batch.params))
    assert named == Counter(each.instance_id for each in MANY)
    for batch in batches:
        assert len(batch.instance_ids) <= 100
        assert batch.instance_ids == ids_of(batch.params)
        body = body_of(action, batch.params)
        assert [each.instance_id for each in MANY if f'"{each.instance_id}"' in body] == sorted(batch.instance_ids)


@pytest.mark.parametrize("action", CHANGES)
def test_phones_of_two_regions_are_never_in_one_request_where_the_api_forbids_it(action: str) -> None:
    endpoint = ACTIONS[action].by
    assert isinstance(endpoint, Endpoint)
    assert endpoint.batch is not None
    batches = batches_of(ACTIONS[action], params_of(action, [each.instance_id for each in MANY]), MANY)
    regions = {each.instance_id: each.region for each in MANY}
    together = [{regions[phone] for phone in batch.instance_ids} for batch in batches]
    if endpoint.batch.one_region:
        assert [batch.region for batch in batches] == [None, "cn-north-4", *["cn-north-7"] * 3]
        assert together == [{batch.region} for batch in batches]
    else:
        assert [len(batch.instance_ids) for batch in batches] == [100, 100, 32]
        assert [batch.region for batch in batches] == [None] * 3


@given(fleets, st.sampled_from(CHANGES), st.randoms(use_true_random=False))
def test_requests_are_the_same_in_whatever_order_the_phones_were_read(
    targets: list[Target], action: str, random: Random
) -> None:
    shuffled = random.sample(targets, len(targets))
    params = params_of(action, [each.instance_id for each in targets])
    assert batches_of(ACTIONS[action], params, targets) == batches_of(ACTIONS[action], params, shuffled)


def test_params_of_every_request_are_those_of_the_call() -> None:
    params = params_of("run_command", [each.instance_id for each in MANY], command="ls -l /sdcard")
    for batch in batches_of(ACTIONS["run_command"], params, MANY):
        assert json.loads(body_of("run_command", batch.params))["command"] == "ls -l /sdcard"


def test_order_is_one_request_in_its_region() -> None:
    params = params_of("create_instances")
    (batch,) = batches_of(ACTIONS["create_instances"], params, ())
    assert (batch.region, batch.instance_ids, batch.params) == ("cn-north-7", (), params)


def test_each_phone_is_taken_from_the_user_who_has_it() -> None:
    targets = [target("a", assignee="u1"), target("b", assignee="u2"), target("c", assignee="u1", region="cn-north-4")]
    params = params_of("unassign_instances", ["a", "b", "c"]).model_copy(update={"user_id": None})
    bodies = [
        json.loads(body_of("unassign_instances", batch.params))["user_instances"]
        for batch in batches_of(ACTIONS["unassign_instances"], params, targets)
    ]
    assert bodies == [
        [{"user_id": "u1", "instance_id": "c"}],
        [{"user_id": "u1", "instance_id": "a"}, {"user_id": "u2", "instance_id": "b"}],
    ]


def test_user_who_is_named_is_sent_whoever_has_the_phone() -> None:
    params = params_of("unassign_instances", ["a"], user_id="9")
    (batch,) = batches_of(ACTIONS["unassign_instances"], params, [target("a", assignee="u1")])
    assert json.loads(body_of("unassign_instances", batch.params)) == {
        "user_instances": [{"user_id": "9", "instance_id": "a"}]
    }


def test_phones_of_nobody_are_left_out_of_taking_back_and_named() -> None:
    targets = [target("a"), *fleet_of(12, assignee=None)]
    params = params_of("unassign_instances", ["a"]).model_copy(update={"user_id": None})
    assert isinstance(params, Targets)
    remaining, (sentence,) = kept(ACTIONS["unassign_instances"], params, targets)
    assert [each.instance_id for each in remaining] == ["a"]
    assert sentence.startswith("12 phones left out, because assigned to nobody: p0000, p0001, ")
    assert "p0009." in sentence


@pytest.mark.parametrize("action", [name for name in CHANGES if name != "unassign_instances"])
def test_other_calls_leave_no_phone_out(action: str) -> None:
    params = params_of(action, ["a"])
    assert isinstance(params, Targets)
    targets = (target("a", assignee=None),)
    assert kept(ACTIONS[action], params, targets) == (targets, ())
