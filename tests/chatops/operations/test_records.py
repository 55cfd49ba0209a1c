from pathlib import Path

import pytest

from chatops.operations.dispatch import Settlement
from chatops.operations.states import RequestState
from tests.chatops.operations.keeping import OURS, draft, keeping

pytestmark = pytest.mark.anyio


async def test_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        call = draft()
        asked = await kept.asked(call)
        assert (asked.params, asked.plan, asked.rules, asked.digest) == (
            call.params,
            call.plan,
            call.rules,
            call.digest,
        )
        assert (asked.result, asked.verified, asked.verification, asked.requests[0].request_ids) == (
            None,
            None,
            None,
            (),
        )


async def test_error_of_a_request_comes_back_as_it_was_written(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        failed = Settlement(state=RequestState.FAILED, request_ids=("r1", "r2"), error={"code": "upstream_rejected"})
        (request,) = (await kept.dispatch.settle_request("op_1", 0, failed)).requests
        assert (request.state, request.request_ids, request.error, request.result) == (
            RequestState.FAILED,
            ("r1", "r2"),
            {"code": "upstream_rejected"},
            None,
        )
