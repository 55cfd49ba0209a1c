import json
from dataclasses import replace
from hashlib import sha256

from hypothesis import given

from chatops.planning import Target
from chatops.planning.plan import differences
from tests.chatops.planning.stage import fleet_of, fleets, params_of, plan_of, target
from tools import RunState


def test_text_of_one_phone_holds_all_that_is_agreed_to() -> None:
    plan = plan_of("reset_instances", [target(backup=None)])
    assert plan.text().splitlines() == [
        "Erase everything on 1 phone?",
        "  a44uhlf7 (demo-00001), cn-north-7, running, assigned to 1123422",
        "Note: No backup on record for 1 of 1 phone.",
        "Undo: Nothing restores a reset phone, except a backup taken before.",
        f"Plan {plan.digest[:12]}",
    ]


def test_text_says_what_is_known_of_each_phone_and_what_is_not() -> None:
    plan = plan_of(
        "reboot_instances",
        [
            target("a", in_use=True),
            target("b", frozen=True, assignee=None),
            target("c", name=None, region=None, state=None),
        ],
    )
    assert plan.text().splitlines()[1:4] == [
        "  a (demo-00001), cn-north-7, running, assigned to 1123422, IN USE",
        "  b (demo-00001), cn-north-7, running, assigned to nobody, FROZEN",
        "  c, region unknown, state unknown, assigned to 1123422",
    ]


def test_text_shows_ten_phones_and_counts_the_rest() -> None:
    lines = plan_of("reboot_instances", [*fleet_of(58), target("q1", region="cn-north-4"), target("q2", region=None)])
    shown = lines.text().splitlines()
    assert [line for line in shown if line.startswith("  p")] == shown[1:11]
    assert shown[11:13] == [
        "  and 50 phones more",
        "In all: 60 phones of 1000 in the fleet; 1 in cn-north-4, 58 in cn-north-7, 1 in region unknown",
    ]


def test_text_does_not_guess_how_large_the_fleet_is() -> None:
    assert "In all: 2 phones; 2 in cn-north-7" in plan_of("reboot_instances", fleet_of(2), fleet_size=None).text()


def test_text_of_an_order_says_what_it_costs() -> None:
    lines = plan_of("create_instances", [], count=3, period=2).text().splitlines()
    assert lines[0].startswith("Order 3 phones (kp.professional.2xlarge.128g.2) in cn-north-7 for 2 months")
    assert '"count": 3' in lines[1]


def test_text_shows_the_filter_and_the_params_and_no_secret() -> None:
    text = plan_of(
        "install_app", [target()], where="name=demo-*", link="https://obs.example.com/a?Signature=hush"
    ).text()
    assert '"where": "name=demo-*"' in text
    assert '"package": "com.tencent.mm"' in text
    assert "hush" not in text
    assert "obs.example.com" in text


def test_argument_cannot_rearrange_what_somebody_reads() -> None:
    text = plan_of("install_app", [target()], package="a\u202eb\u2066", version="1\u00a0\u200b").text()
    assert all(each.isprintable() or each == "\n" for each in text)
    assert "\\u202e" in text


def test_digest_of_the_text_is_that_of_what_is_shown() -> None:
    plan = plan_of("reset_instances", fleet_of(3))
    assert plan.text_digest == sha256(plan.text().encode()).hexdigest()
    assert plan.text_digest == plan_of("reset_instances", fleet_of(3)).text_digest
    assert plan.text_digest != plan_of("reset_instances", fleet_of(3, name="renamed")).text_digest


def test_document_is_bounded_json_however_many_phones_there_are() -> None:
    document = plan_of("reboot_instances", fleet_of(5000, in_use=True, region="cn-north-4")).document()
    targets = document["targets"]
    assert isinstance(targets, list)
    assert len(targets) == 20
    assert {key: document[key] for key in ("count", "targets_left_out", "in_use", "requests", "regions")} == {
        "count": 5000,
        "targets_left_out": 4980,
        "in_use": 5000,
        "requests": 50,
        "regions": ["cn-north-4"],
    }
    assert len(json.dumps(document)) < 6000


def test_document_tells_of_each_phone_what_a_person_reads() -> None:
    document = plan_of("reboot_instances", [target()]).document()
    assert document["targets"] == [
        {
            "instance_id": "a44uhlf7",
            "name": "demo-00001",
            "region": "cn-north-7",
            "state": "running",
            "assignee": "1123422",
            "in_use": False,
            "frozen": False,
            "backup": "succeeded",
        }
    ]
    assert document["question"] == "Reboot 1 phone?"
    assert document["targets_left_out"] == 0


def test_drift_is_told_in_sentences() -> None:
    before = [target("a"), target("b"), target("c"), target("e")]
    after = [target("a", assignee=None), target("b", state=RunState.STOPPED, in_use=True), target("d"), target("e")]
    assert differences(plan_of("reset_instances", before).facts(), after) == (
        "a: assignee was 1123422, is now none",
        "b: in_use was no, is now yes",
        "b: state was running, is now stopped",
        "c is no longer among them",
        "d has come in",
    )


def test_plan_that_was_written_down_without_facts_differs_by_all_its_phones() -> None:
    assert differences(None, [target("a")]) == ("a has come in",)


@given(fleets, fleets)
def test_differences_are_told_exactly_where_the_digest_differs(one: list[Target], other: list[Target]) -> None:
    planned, again = plan_of("reboot_instances", one), plan_of("reboot_instances", other)
    written = json.loads(json.dumps(planned.facts()))
    assert bool(differences(written, again.targets)) is (planned.digest != again.digest)
    assert differences(written, planned.targets) == ()


@given(fleets)
def test_text_and_document_are_the_same_for_the_same_phones(targets: list[Target]) -> None:
    plan = plan_of("reset_instances", targets)
    again = replace(plan, targets=tuple(targets), read_at=99.0)
    assert (again.text(), again.document()) == (plan.text(), plan.document())


def test_regions_of_a_request_are_those_of_the_phones_it_names() -> None:
    plan = plan_of("reboot_instances", [target("a"), target("b", region=None), target("c", region="cn-north-4")])
    assert plan.regions_of(params_of("reboot_instances", ["a", "b"])) == {"cn-north-7", None}
    assert [plan.regions_of(batch.params) for batch in plan.batches] == [{None}, {"cn-north-4"}, {"cn-north-7"}]
    assert plan_of("create_instances", []).regions_of(params_of("create_instances")) == frozenset()
