import pytest

from chatops.surfaces.slack.flows.own_words import OWN
from chatops.surfaces.slack.words import OWN_COMMANDS
from tests.chatops.conftest import OpenBench, Person, person
from tests.chatops.surfaces.slack.flows.stage import staged

pytestmark = pytest.mark.anyio
FREEZE = 'freeze --reason "bad image" --for 30m'


def test_every_command_of_the_door_is_answered() -> None:
    assert set(OWN) == set(OWN_COMMANDS)


@pytest.mark.parametrize("over", ["socket", "http"])
async def test_a_freeze_is_seen_by_the_channel_and_stops_changes_until_it_is_lifted(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, over: str
) -> None:
    async with staged(open_bench, monkeypatch, over=over) as stage:
        slack, executor = stage.slack, stage.bench.executor
        await slack.person("U0ALICE").types("/phone", f"{FREEZE} --region cn-north-7 --person <@U0ALICE|al>")
        said = await slack.message_in("C0OPS", containing="Changes are frozen")
        assert "region cn-north-7, person alice" in str(said.content)
        assert "bad image" in str(said.content)
        refused = await executor.run(person(), "reboot_instances", {"instance_ids": ["XvH39QVW"]}, Person())
        assert refused.status.value == "refused"
        await slack.person("U0ALICE").types("/phone", "unfreeze")
        await slack.ephemeral_to("U0ALICE", containing="alice may not let frozen changes go on")
        await slack.person("U0BOB").types("/phone", "unfreeze")
        await slack.message_in("C0OPS", containing="bob lets changes go on. Lifted: region cn-north-7, person alice.")
        await slack.person("U0BOB").types("/phone", "unfreeze")
        await slack.ephemeral_to("U0BOB", containing="Nothing was frozen from here.")
        assert slack.calls_people() == set()
        assert {"freeze", "unfreeze"} <= set(await stage.bench.kinds())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("freeze --reason bad image --for 30m", "put quotes around"),
        ('freeze --reason "x" --for 30', "write a duration as"),
        (f"{FREEZE} --action list", "changes nothing"),
        (f"{FREEZE} --region cn-nort-7", "Did you mean cn-north-7?"),
        (f"{FREEZE} --person mallory", "does not name mallory"),
        ("unfreeze", "alice may not let frozen changes go on"),
        ("unfreeze now", "nothing takes this word"),
        ("why", "why needs the call that is meant"),
        ("why reset", "instance_ids of reset must be known"),
        ("why rset a", "Did you mean reset"),
        ("op", "is missing"),
        ("op op_none", "There is no operation"),
        ("audit --since yesterday", "is no time"),
        ("audit --limit 1000", "say a number up to"),
        ("audit --person vera", "own events only"),
        ("audit --action rest", "There is no action"),
        ("runbook nothing", "There is no runbook"),
        ("runbook safe_reset instance=a", "did you mean instance_id?"),
        ("runbook safe_reset", "instance_id"),
    ],
)
async def test_what_cannot_be_done_is_told_to_whoever_asked_and_changes_nothing(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, typed: str, said: str
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        await stage.slack.person("U0ALICE").types("/phone", typed)
        await stage.slack.ephemeral_to("U0ALICE", containing=said)
        assert stage.slack.messages_in("C0OPS") == []
        assert await stage.bench.service.freezes.held() == ()


async def test_why_names_the_rule_and_who_could_approve_and_does_nothing(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        slack = stage.slack
        await slack.person("U0ALICE").types("/phone", "why delete XvH39QVW")
        told = str((await slack.ephemeral_to("U0ALICE", containing="approval")).content)
        assert "May approve: bob, carol." in told
        await slack.person("U0VERA").types("/phone", "why reboot XvH39QVW")
        await slack.ephemeral_to("U0VERA", containing="deny")
        assert stage.handler.begun == []
        assert await stage.bench.service.ledger.listed() == ()


async def test_an_operation_is_shown_to_whom_may_see_it_with_who_may_decide(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        slack, executor = stage.slack, stage.bench.executor
        asked = await executor.run(person(), "delete_instances", {"instance_ids": ["XvH39QVW"]}, Person())
        assert asked.operation_id is not None
        await slack.person("U0BOB").types("/phone", f"op {asked.operation_id}")
        told = str((await slack.ephemeral_to("U0BOB", containing=asked.operation_id)).content)
        assert "May decide: bob, carol." in told
        await slack.person("U0VERA").types("/phone", f"op {asked.operation_id}")
        await slack.ephemeral_to("U0VERA", containing="There is no operation")


async def test_the_audit_is_one_s_own_and_everybody_s_to_approvers(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        slack, executor = stage.slack, stage.bench.executor
        await executor.run(person("viewer", name="vera"), "reboot_instances", {}, Person())
        await executor.run(person(), "list_skus", {}, Person())
        await slack.person("U0ALICE").types("/phone", "audit --since 2h")
        told = str((await slack.ephemeral_to("U0ALICE", containing="1 event.")).content)
        assert "list_skus" in told
        assert "vera" not in told
        await slack.person("U0BOB").types("/phone", "audit --denied --since 2026-11-24 --action reboot --limit 5")
        assert "vera" in str((await slack.ephemeral_to("U0BOB", containing="1 event.")).content)
        stage.bench.clock.seconds += 3 * 3600
        await slack.person("U0BOB").types("/phone", "audit --since 2h")
        await slack.ephemeral_to("U0BOB", containing="0 events.")


async def test_a_runbook_is_shown_with_what_it_reads_first_as_the_person(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        slack, vera = stage.slack, stage.slack.person("U0VERA")
        for phone in stage.bench.simulator.fleet:
            phone.name = "<!channel>`*x*`"
        await vera.types("/phone", "runbook")
        await slack.ephemeral_to("U0VERA", containing="incident_triage")
        await vera.types("/phone", 'runbook incident-triage region=cn-north-7 symptom="<!here> broken"')
        steps = str((await slack.ephemeral_to("U0VERA", containing="Find out how much")).content)
        assert "fleet_summary region=cn-north-7" in steps
        read = str((await slack.ephemeral_to("U0VERA", containing="Read just now")).content)
        assert "list_operations limit=10" in read
        await vera.types("/phone", "runbook stuck_tasks")
        await slack.ephemeral_to("U0VERA", containing="Not read: get_task needs task_id.")
        assert slack.messages_in("C0OPS") == []
        assert {each.person for each in await stage.bench.events()} == {"vera"}
