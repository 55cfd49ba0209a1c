"""Several services on one store answer one address together."""

from pathlib import Path
from typing import Any

import pytest

from chatops.simulator import RunningSimulator
from tests.chatops.surfaces.conftest import simulator
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.served import TOKENS, Served, environment_of, start

__all__ = ["simulator"]

pytestmark = pytest.mark.process

PHONES = {"instance_ids": ["efjy72gs"]}
YES = {"inputResponses": {"confirm": {"action": "accept", "content": {"confirm": True}}}}


def reboot(service: Served, who: str, **more: object) -> dict[str, Any]:
    """The answer to a reboot, by a client of the newer era that shows forms."""
    call = {"name": "reboot_instances", "arguments": PHONES, **more}
    answer: dict[str, Any] = service.ask(TOKENS[who], "tools/call", call, forms=True).json()
    return answer


def test_question_of_one_is_answered_at_another_and_counts_once_for_all(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    environment = environment_of(tmp_path, simulator.url)
    with start(environment) as one, start(environment) as other:
        state = reboot(one, "alice")["result"]["requestState"]
        assert reboot(other, "bob", requestState=state, **YES)["error"]["message"] == "Invalid or expired requestState"
        told = reboot(other, "alice", requestState=state, **YES)["result"]["structuredContent"]
        assert told["status"] == "accepted"
        for service in (one, other):
            again = reboot(service, "alice", requestState=state, **YES)["result"]["structuredContent"]
            assert (again["status"], again["error"]["code"]) == ("refused", "consent_gone")
            assert told["operation_id"] in again["message"]
    assert len(simulator.simulator.requests.of("reboot")) == 1
    kinds = [line["kind"] for line in audited(environment) if line.get("operation") == told["operation_id"]]
    assert kinds[:3] == ["planned", "consent_asked", "consent_given"]
    assert kinds.count("sent") == 1


def test_service_that_comes_back_takes_the_answer_to_a_question_of_before(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    environment = environment_of(tmp_path, simulator.url)
    with start(environment) as before:
        state = reboot(before, "alice")["result"]["requestState"]
        assert before.end() == (0, "")
    with start(environment) as after:
        told = reboot(after, "alice", requestState=state, **YES)["result"]["structuredContent"]
    assert told["status"] == "accepted"
