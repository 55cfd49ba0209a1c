import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import pytest
from pydantic import JsonValue
from sqlalchemy import Connection, delete

from chatops.approvals import Approvals
from chatops.audit import Kind
from chatops.consent import Verdict
from chatops.errors import (
    ChatopsError,
    ConsentGone,
    FactsChanged,
    OperationUnknown,
    PermissionMissing,
    PolicyDenied,
    Refusal,
    StoreUnavailable,
)
from chatops.freezes import Scope
from chatops.operations.cancelling import cancel
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.outcome import Status
from chatops.principal import Assistant, Principal, Surface
from chatops.store.schema import operations
from tests.chatops.conftest import Bench, OpenBench, Person, approver, person, team

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}

Attempt = Callable[[Approvals, str], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Slower(Ledger):
    """A ledger whose user is overtaken: between looking and deciding, somebody denies, or the record goes away."""

    faster: Principal | None

    async def decide(
        self,
        identifier: str,
        principal: Principal,
        state: State,
        *,
        kind: Kind,
        reason: str | None = None,
        owner: str | None = None,
    ) -> Operation | None:
        if self.faster is not None:
            await super().decide(identifier, self.faster, State.DECLINED, kind=Kind.CONSENT_REFUSED, reason="no")
        else:
            await self.database.write(_forget)
        return await super().decide(identifier, principal, state, kind=kind, reason=reason, owner=owner)


def overtaken(bench: Bench, faster: Principal | None) -> Slower:
    return Slower(database=bench.service.database, trail=bench.service.trail, faster=faster)


def _forget(connection: Connection) -> None:
    connection.execute(delete(operations))


ADMINS_RESET = """\
@id("admins-reset") @obligation("approval") @approvers("admin") @message("An admin approves resets.")
forbid (principal, action == Action::"reset_instances", resource)
unless { context has consent && context.consent.kind == Consent::"approval" };
"""
EVERYBODY = {
    "alice": {"roles": ["operator"]},
    "bob": {"roles": ["operator", "approver"]},
    "carol": {"roles": ["approver"]},
}


async def asked(bench: Bench, action: str = "reset_instances", arguments: dict[str, JsonValue] = PAIR) -> str:
    outcome = await bench.executor.run(person(assistant=True), action, arguments, Person(verdict=Verdict.CANNOT_ASK))
    assert outcome.status is Status.APPROVAL_REQUIRED, outcome
    return outcome.operation_id or ""


async def test_approval_is_carried_out_there_and_then(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        outcome = await bench.service.approvals.approve(operation, approver())
        assert outcome.status is Status.ACCEPTED
        assert bench.sent("batch-reset") == 1
        found = await bench.operation(operation)
        assert (found.decided_by, found.person, found.sealed) == ("bob", "alice", None)


async def test_replayed_approval_is_refused_and_told_who_decided(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await bench.service.approvals.approve(operation, approver())
        with pytest.raises(ConsentGone, match="by bob"):
            await bench.service.approvals.approve(operation, approver("carol"))
        assert bench.sent("batch-reset") == 1


async def test_rule_that_asks_for_an_admin_is_approved_by_one_and_by_no_other(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    async with open_bench(
        team(people={**EVERYBODY, "ada": {"roles": ["admin", "approver"]}}), folder=tmp_path / "store"
    ) as bench:
        bench.rule(ADMINS_RESET)
        arguments: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
        outcome = await bench.executor.run(person(), "reset_instances", arguments, Person())
        operation = outcome.operation_id or ""
        assert "ada may approve until" in outcome.message
        assert (await bench.operation(operation)).approver_roles == ("approver", "admin")
        with pytest.raises(PermissionMissing, match="that needs approver and admin") as caught:
            await bench.service.approvals.approve(operation, approver())
        assert caught.value.next_step == "May approve: ada."
        outcome = await bench.service.approvals.approve(operation, approver("ada"))
        assert (outcome.status, bench.sent("batch-reset")) == (Status.ACCEPTED, 1)


async def test_rule_that_asks_for_somebody_who_is_not_there_is_refused_and_says_so(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        bench.rule(ADMINS_RESET)
        outcome = await bench.executor.run(person(), "reset_instances", {"instance_ids": ["efjy72gs"]}, Person())
        assert outcome.error is not None
        assert outcome.error.code == "no_approver_reachable"
        assert "May approve: nobody." in outcome.error.next_step


async def test_two_deciders_at_once_are_one_decision(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        said: list[str] = []

        async def decide(name: str) -> None:
            try:
                await bench.service.approvals.approve(operation, approver(name))
                said.append("carried out")
            except ConsentGone as error:
                said.append(error.message)

        async with anyio.create_task_group() as group:
            for name in ("bob", "carol") * 5:
                group.start_soon(decide, name)
        assert said.count("carried out") == 1
        assert bench.sent("batch-reset") == 1


async def test_nobody_approves_what_they_have_asked_for(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bob = person("operator", name="bob", assistant=True)
        outcome = await bench.executor.run(bob, "reset_instances", PAIR, Person())
        with pytest.raises(PermissionMissing, match="another person"):
            await bench.service.approvals.approve(outcome.operation_id or "", approver("bob"))
        assert bench.sent("batch-reset") == 0


@pytest.mark.parametrize("name", ["alice", "vera", "mallory"])
async def test_who_is_no_approver_decides_nothing(open_bench: OpenBench, name: str) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        with pytest.raises(PermissionMissing):
            await bench.service.approvals.approve(operation, approver(name))
        with pytest.raises(PermissionMissing):
            await bench.service.approvals.deny(operation, approver(name), "no")
        assert bench.sent("batch-reset") == 0


async def test_assistant_approves_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        through_mcp = person("approver", name="bob", assistant=True)
        assert (through_mcp.surface, through_mcp.assistant) == (Surface.MCP, Assistant(name="tester", version="1"))
        with pytest.raises(PermissionMissing, match="through an assistant"):
            await bench.service.approvals.approve(operation, through_mcp)


async def test_terminal_that_is_not_trusted_with_approvals_approves_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.reload(team(terminal={"trust": "environment", "may_approve": False}))
        with pytest.raises(PermissionMissing, match="does not allow approvals"):
            await bench.service.approvals.approve(operation, approver())


async def test_approver_in_slack_approves_although_the_terminal_is_not_trusted(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.reload(team(terminal={"trust": "environment", "may_approve": False}))
        in_slack = replace(approver(), surface=Surface.SLACK)
        assert (await bench.service.approvals.approve(operation, in_slack)).status is Status.ACCEPTED
        (given,) = [event.document() for event in await bench.events() if event.kind == "consent_given"]
        assert (given["person"], given["door"]) == ("bob", "slack")


async def test_group_of_slack_makes_nobody_an_approver(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        claimed = replace(approver("vera"), surface=Surface.SLACK, groups=frozenset({"T01:S0ONCALL"}))
        with pytest.raises(PermissionMissing, match="that needs approver"):
            await bench.service.approvals.approve(operation, claimed)
        assert bench.sent("batch-reset") == 0


async def test_approver_who_was_demoted_before_deciding_decides_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.reload(team(people={**EVERYBODY, "bob": {"roles": ["operator"]}}))
        with pytest.raises(PermissionMissing, match="that needs approver"):
            await bench.service.approvals.approve(operation, approver())


async def test_asker_who_was_demoted_meanwhile_gets_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.reload(team(people={**EVERYBODY, "alice": {"roles": ["viewer"]}}))
        with pytest.raises(PolicyDenied):
            await bench.service.approvals.approve(operation, approver())
        assert (await bench.operation(operation)).state == "refused"
        assert bench.sent("batch-reset") == 0


async def test_denial_has_a_reason_and_ends_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        with pytest.raises(Refusal, match="reason"):
            await bench.service.approvals.deny(operation, approver(), "  ")
        denied = await bench.service.approvals.deny(operation, approver(), "not tonight")
        assert (denied.state, denied.reason, denied.decided_by) == ("declined", "not tonight", "bob")
        with pytest.raises(ConsentGone):
            await bench.service.approvals.approve(operation, approver("carol"))
        assert "consent_refused" in await bench.kinds()


async def test_approval_that_comes_too_late_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.clock.seconds += 31 * 60
        with pytest.raises(ConsentGone, match="expired"):
            await bench.service.approvals.approve(operation, approver())
        assert (await bench.operation(operation)).sealed is None
        assert "expired" in await bench.kinds()


async def test_clock_set_back_extends_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.clock.seconds += 29 * 60
        await bench.service.ledger.expire()
        bench.clock.seconds -= 28 * 60
        await bench.service.ledger.expire()
        bench.clock.seconds += 2 * 60
        with pytest.raises(ConsentGone):
            await bench.service.approvals.approve(operation, approver())


async def test_what_its_asker_has_taken_back_is_not_approved(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await cancel(bench.service.dispatch, operation, person())
        with pytest.raises(ConsentGone):
            await bench.service.approvals.approve(operation, approver())


async def test_forged_operation_id_is_no_operation(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        for forged in ("op_aaaaaaaaaaaaaaaa", "' OR 1=1 --", "", "../../etc"):
            with pytest.raises(OperationUnknown):
                await bench.service.approvals.approve(forged, approver())


async def test_phone_that_changed_hands_meanwhile_stops_the_approval(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        phone = bench.simulator.fleet.find("efjy72gs")
        assert phone is not None
        phone.owner = "1008600000104285462"
        with pytest.raises(FactsChanged):
            await bench.service.approvals.approve(operation, approver())
        assert (await bench.operation(operation)).state == "refused"
        assert bench.sent("batch-reset") == 0


async def test_freeze_between_asking_and_approving_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await bench.service.freezes.begin(person(), Scope(), reason="bad image", seconds=600)
        with pytest.raises(PolicyDenied, match="bad image"):
            await bench.service.approvals.approve(operation, approver())
        assert bench.sent("batch-reset") == 0


async def test_other_arguments_are_another_operation(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        first = await asked(bench)
        second = await asked(bench, arguments={"instance_ids": ["efjy72gs"]})
        assert first != second
        await bench.service.approvals.approve(second, approver())
        (sent,) = bench.simulator.requests.of("batch-reset")
        assert sent.body == {"instance_ids": ["efjy72gs"]}


async def test_sealed_secret_survives_until_the_approval_and_is_erased(open_bench: OpenBench, tmp_path: Path) -> None:
    install: dict[str, JsonValue] = {
        "instance_ids": ["XvH39QVW", "Vpp8rC4Y"],
        "package": "com.example.app",
        "file_name": "app.apk",
        "version": "1",
        "size_mb": 1,
        "fast": True,
        "link": "https://storage.example.com/app.apk?Signature=S3cr3t-marker",
    }
    async with open_bench(folder=tmp_path / "store") as bench:
        operation = await asked(bench, "install_app", install)
        kept = b"".join(file.read_bytes() for file in (tmp_path / "store").iterdir())
        assert b"S3cr3t-marker" not in kept
        assert (await bench.operation(operation)).sealed
        await bench.service.approvals.approve(operation, approver())
        assert "S3cr3t-marker" in str(bench.simulator.requests.of("install")[-1].body)
        assert (await bench.operation(operation)).sealed is None


async def test_changed_row_of_the_store_is_not_carried_out(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        operation = await asked(bench)
        with sqlite3.connect(tmp_path / "store" / "chatops.db") as raw:
            raw.execute("UPDATE operations SET sealed = substr(sealed, 1, 30) || 'AAAA' || substr(sealed, 35)")
        raw.close()
        with pytest.raises(ChatopsError, match="changed"):
            await bench.service.approvals.approve(operation, approver())
        assert bench.sent("batch-reset") == 0


async def test_what_waits_is_listed_and_what_came_too_late_is_not(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        assert [each.id for each in await bench.service.approvals.waiting()] == [operation]
        bench.clock.seconds += 31 * 60
        assert await bench.service.approvals.waiting() == ()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda approvals, operation: approvals.approve(operation, approver()),
        lambda approvals, operation: approvals.deny(operation, approver(), "no"),
    ],
    ids=["approve", "deny"],
)
async def test_whoever_was_slower_by_a_moment_is_told_who_was_faster(open_bench: OpenBench, attempt: Attempt) -> None:
    """Both have seen it waiting; the store decides."""
    async with open_bench() as bench:
        operation = await asked(bench)
        approvals = replace(bench.service.approvals, ledger=overtaken(bench, approver("carol")))
        with pytest.raises(ConsentGone, match="declined by carol"):
            await attempt(approvals, operation)
        assert bench.sent("batch-reset") == 0


async def test_operation_that_is_gone_meanwhile_is_told_as_gone(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        approvals = replace(bench.service.approvals, ledger=overtaken(bench, None))
        with pytest.raises(ConsentGone, match="any more"):
            await approvals.approve(operation, approver())


async def test_store_that_is_lost_on_the_way_leaves_the_approval_for_whoever_comes_next(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.at["read_again"] = bench.lose_store
        with pytest.raises(StoreUnavailable):
            await bench.service.approvals.approve(operation, approver())
        bench.bring_store_back()
        assert (await bench.operation(operation)).state == "approved"
        bench.at.clear()
        bench.clock.seconds += 31
        await bench.service.recovery.sweep()
        assert bench.sent("batch-reset") == 1


async def test_yes_to_another_plan_than_the_one_that_was_shown_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        for attempt in (
            bench.service.approvals.grant(operation, approver(), digest="another"),
            bench.service.approvals.deny(operation, approver(), "no", digest="another"),
        ):
            with pytest.raises(ConsentGone, match="not the plan"):
                await attempt
        assert (await bench.operation(operation)).state is State.AWAITING_APPROVAL


async def test_why_somebody_approved_is_in_the_audit_and_is_no_reason_of_an_end(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        digest = (await bench.operation(operation)).digest
        approved = await bench.service.approvals.grant(operation, approver(), digest=digest, reason=" seen it ")
        assert (approved.state, approved.reason, approved.decided_by) == (State.APPROVED, None, "bob")
        assert bench.sent("batch-reset") == 0
        await bench.service.approvals.carry_out(approved)
        assert bench.sent("batch-reset") == 1
        (given,) = [event.body for event in await bench.events() if event.kind == "consent_given"]
        assert "seen it" in str(given)


async def test_what_asks_is_kept_with_the_plan(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        kept = (await bench.operation(await asked(bench))).plan["asks"]
        assert isinstance(kept, dict)
        assert kept["must_type"] is False, "a person who has to type it was asked at no door"
        assert kept["why"]
