import pytest

from chatops.freezes import Scope
from chatops.principal import Principal
from chatops.simulator import Fault
from chatops.surfaces.slack.flows import charting
from chatops.surfaces.slack.flows.homing import home_opened, refresh
from chatops.surfaces.slack.received import Kind, Received
from tests.chatops.conftest import OpenBench, Person, person
from tests.chatops.surfaces.slack.flows.stage import Stage, staged
from tests.slack.faults import error

pytestmark = pytest.mark.anyio


async def opens_home(stage: Stage, user: str, principal: Principal) -> None:
    """What the flow does when this user opens the home, until it is done."""

    async def begin() -> None: ...

    received = Received(
        id="event:1", kind=Kind.EVENT, team="T01", user=user, user_team="T01", channel="", payload={"event": {}}
    )
    await home_opened(stage.office, received, principal, begin)


async def asked(stage: Stage) -> str:
    """Alice asks to delete a phone, which another person has to approve."""
    outcome = await stage.bench.executor.run(person(), "delete_instances", {"instance_ids": ["XvH39QVW"]}, Person())
    assert outcome.operation_id is not None
    return outcome.operation_id


async def test_the_home_shows_what_waits_for_its_owner_what_they_did_and_how_the_fleet_is(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        operation = await asked(stage)
        scope = Scope(region="cn-north-7")
        await stage.bench.service.freezes.begin(person(), scope, reason="<!channel> bad image", seconds=600)
        await stage.slack.person("U0BOB").opens_home()
        bobs = str((await stage.slack.home_of("U0BOB", containing="Waits for you")).payload)
        assert f"waiting:{operation}" in bobs
        assert "region cn-north-7: <!channel> bad image (until 2026-11-24 03:10 UTC, by alice)" in bobs
        assert "'text': '60'" in bobs
        await stage.slack.person("U0ALICE").opens_home()
        alices = str((await stage.slack.home_of("U0ALICE")).payload)
        assert "Nothing waits for you." in alices
        assert f"recent:{operation}" in alices
        assert stage.slack.calls_people() == set()


async def test_the_home_of_somebody_who_may_not_see_the_fleet_has_none_of_it(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        await opens_home(stage, "U0VERA", person("approver", name="carol"))
        shown = str((await stage.slack.home_of("U0VERA")).payload)
        assert "in use" not in shown
        assert "approvals" in shown
        assert stage.bench.simulator.requests.total == 0


async def test_the_chart_is_drawn_once_for_one_state_of_the_fleet(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        await stage.slack.person("U0ALICE").opens_home()
        await stage.slack.home_of("U0ALICE", containing="The fleet by region")
        await stage.slack.person("U0BOB").opens_home()
        await stage.slack.home_of("U0BOB", containing="The fleet by region")
        assert len(stage.slack.calls("files.completeUploadExternal")) == 1
        stage.bench.passing.ahead += 120
        for phone in stage.bench.simulator.fleet:
            phone.frozen = not phone.frozen
        await opens_home(stage, "U0ALICE", person())
        assert len(stage.slack.calls("files.completeUploadExternal")) == 2


async def test_without_the_extra_the_home_has_numbers_and_no_chart(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        monkeypatch.setattr(charting, "is_drawable", lambda: False)
        await opens_home(stage, "U0ALICE", person())
        shown = str((await stage.slack.home_of("U0ALICE")).payload)
        assert "in use" in shown
        assert "slack_file" not in shown
        assert stage.slack.calls("files.getUploadURLExternal") == []


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_a_chart_that_slack_does_not_take_is_left_out(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        stage.slack.faults.plan(method, error("not_allowed"), times=1)
        await opens_home(stage, "U0ALICE", person())
        assert "slack_file" not in str((await stage.slack.home_of("U0ALICE")).payload)


async def test_a_view_that_slack_refuses_for_its_file_is_published_without_it(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        stage.slack.faults.plan(
            "views.publish", error("invalid_blocks"), times=1, where=lambda call: "slack_file" in str(call.arguments)
        )
        await opens_home(stage, "U0ALICE", person())
        shown = str((await stage.slack.home_of("U0ALICE")).payload)
        assert "slack_file" not in shown
        assert len(stage.slack.calls("views.publish")) == 3


async def test_a_home_is_published_although_the_fleet_cannot_be_read_and_fails_quietly_as_an_aside(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        stage.bench.simulator.faults.add(Fault(kind="error", code="CPS.0010", message="no", times=99))
        await opens_home(stage, "U0ALICE", person())
        assert "Nothing waits for you." in str((await stage.slack.home_of("U0ALICE")).payload)
        stage.slack.faults.plan("views.publish", error("not_enabled"), times=1)
        await refresh(stage.office, "U0ALICE", person())
        assert "the home of alice is not up to date" in caplog.text


async def test_after_a_decision_the_home_is_fresh_and_the_cloud_is_not_asked(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(open_bench, monkeypatch) as stage:
        operation = await asked(stage)
        await opens_home(stage, "U0BOB", person("approver", name="bob"))
        await opens_home(stage, "U0ALICE", person())
        await stage.bench.service.approvals.deny(operation, person("approver", name="bob"), "no")
        stage.bench.passing.ahead += 3600
        before = stage.bench.simulator.requests.total
        for user, principal in (("U0BOB", person("approver", name="bob")), ("U0ALICE", person())):
            await refresh(stage.office, user, principal)
        assert stage.bench.simulator.requests.total == before
        assert "Nothing waits for you." in str((await stage.slack.home_of("U0BOB")).payload)
        alices = str((await stage.slack.home_of("U0ALICE")).payload)
        assert "Denied" in alices
        assert "in use" in alices
        assert "slack_file" in alices
