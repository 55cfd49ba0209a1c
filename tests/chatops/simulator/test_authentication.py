from dataclasses import replace

import pytest

from chatops.simulator import DEMO_ACCOUNT, PROJECT_ID, TENANT_ID
from chatops.simulator.authentication import admit
from chatops.simulator.errors import ApiError, RefusedError


def test_a_tenant_in_good_standing_is_let_in() -> None:
    admit(DEMO_ACCOUNT, {})
    admit(DEMO_ACCOUNT, {"x-tenant-id": TENANT_ID, "x-project-id": PROJECT_ID})


@pytest.mark.parametrize(
    ("changes", "headers", "error"),
    [
        ({"whitelisted": False}, {}, ApiError.NOT_WHITELISTED),
        ({"subscribed": False}, {}, ApiError.NOT_SUBSCRIBED),
        ({"permitted": False}, {}, ApiError.NO_PERMISSION),
        ({"needs_tenant_header": True}, {}, ApiError.TENANT_HEADER_MISSING),
        ({}, {"x-tenant-id": "x"}, ApiError.TENANT_UNKNOWN),
        ({}, {"x-project-id": "x"}, ApiError.PROJECT_UNKNOWN),
    ],
)
def test_a_tenant_that_may_not_is_told_why(changes: dict[str, bool], headers: dict[str, str], error: ApiError) -> None:
    with pytest.raises(RefusedError) as caught:
        admit(replace(DEMO_ACCOUNT, **changes), headers)  # type: ignore[arg-type]  # the changed fields are Booleans
    assert caught.value.error is error
