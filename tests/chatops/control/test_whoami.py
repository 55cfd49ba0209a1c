import pytest

from chatops.control import every_action
from chatops.control.whoami import Identity
from chatops.freezes import Scope
from chatops.roles import Role
from tests.chatops.conftest import Bench, OpenBench, Person, person, team

pytestmark = pytest.mark.anyio


async def identity(bench: Bench, role: Role = "operator") -> Identity:
    outcome = await bench.executor.run(person(role, assistant=True), "whoami", {}, Person())
    assert isinstance(outcome.result, Identity), outcome
    return outcome.result


@pytest.mark.parametrize("role", ["viewer", "operator", "approver", "admin"])
async def test_everybody_with_a_role_learns_what_it_includes(open_bench: OpenBench, role: Role) -> None:
    async with open_bench() as bench:
        answer = await identity(bench, role)
        assert (answer.person, answer.roles, answer.door, answer.assistant) == ("alice", (role,), "mcp", "tester 1")
        allowed = [name for name, each in every_action().items() if each.permission in person(role).permissions]
        assert list(answer.actions) == allowed
        assert answer.may_approve == answer.reachable == ("bob", "carol")


async def test_those_who_cannot_be_asked_are_not_reachable(open_bench: OpenBench) -> None:
    async with open_bench(team(terminal={"trust": "environment"})) as bench:
        answer = await identity(bench)
        assert (answer.may_approve, answer.reachable) == (("bob", "carol"), ())


async def test_freezes_of_the_team_file_and_of_people_are_told(open_bench: OpenBench) -> None:
    window = {"from": "2026-11-01T00:00:00Z", "until": "2026-12-31T00:00:00Z", "reason": "release"}
    async with open_bench(team(freeze=[window])) as bench:
        await bench.service.freezes.begin(
            person("admin", name="dan"), Scope(region="cn-north-7"), reason="bad image", seconds=600
        )
        answer = await identity(bench)
        assert [(each.scope, each.reason, each.by) for each in answer.freezes] == [
            ("everything", "release", "the team file"),
            ("region cn-north-7", "bad image", "dan"),
        ]
