import pytest

from chatops.errors import TargetsUnknown
from chatops.parsing import parse
from tests.chatops.conftest import OpenBench, person

pytestmark = pytest.mark.anyio


async def test_change_is_explained_on_the_facts_of_its_phones(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        reasons, action = bench.service.control.reasons, bench.executor.actions["reboot_instances"]
        bench.phone("XvH39QVW").in_use = False
        params = parse(action, {"instance_ids": ["XvH39QVW"]})
        assert (await reasons.of(person(assistant=True), action, params)).answer == "confirmation"
        bench.phone("XvH39QVW").in_use = True
        explanation = await reasons.of(person(assistant=True), action, params)
        assert (explanation.answer, explanation.may_approve) == ("approval", ("bob", "carol"))
        with pytest.raises(TargetsUnknown):
            await reasons.of(person(), action, parse(action, {"instance_ids": ["nosuchph"]}))


async def test_read_is_explained_by_the_rules_in_force_now(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        action = bench.executor.actions["query_status"]
        params = parse(action, {"instance_ids": ["XvH39QVW"]})
        assert (await bench.service.control.reasons.of(person(), action, params)).answer == "allow"
        bench.rule('@id("no") @message("No.") forbid (principal, action == Action::"query_status", resource);')
        explanation = await bench.service.control.reasons.of(person(), action, params)
        assert (explanation.answer, explanation.decided_by) == ("deny", ("no",))
        assert bench.simulator.requests.total == 0
