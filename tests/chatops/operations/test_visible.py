import pytest

from chatops.consent import Verdict
from chatops.errors import OperationUnknown
from chatops.operations.visible import find_visible, person_seen, sees_all
from chatops.roles import Role
from tests.chatops.conftest import OpenBench, Person, person

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("role", "everything"), [("viewer", False), ("operator", False), ("approver", True), ("admin", True)]
)
async def test_operation_is_visible_to_whoever_asked_and_to_approvers_and_admins(
    open_bench: OpenBench, role: Role, everything: bool
) -> None:
    stranger = person(role, name="zoe")
    assert sees_all(stranger) is everything
    assert person_seen(stranger) == (None if everything else "zoe")
    async with open_bench() as bench:
        asking = Person(verdict=Verdict.CANNOT_ASK)
        asked = await bench.executor.run(person(), "reset_instances", {"instance_ids": ["XvH39QVW"]}, asking)
        operation = asked.operation_id or ""
        assert (await find_visible(bench.service.ledger, operation, person())).id == operation
        if everything:
            assert (await find_visible(bench.service.ledger, operation, stranger)).id == operation
            return
        with pytest.raises(OperationUnknown, match="There is no operation"):
            await find_visible(bench.service.ledger, operation, stranger)
