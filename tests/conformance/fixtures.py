"""Actions and runbooks with the names that the official suite asks for, made as ours are, on the whole of the service.

The suite calls its tools without arguments, so what they concern is given here.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from chatops.runbooks import Runbook, read_runbook
from tools import AnyAction, Endpoint, Where, fleet_summary, get_task, query_status, reboot_instances
from tools._types import InstanceIds, TaskId


class NoSuchTask(get_task.GetTaskParams):
    """A task that nobody has begun."""

    task_id: TaskId = Field(default="ZGCA-none", description="Task id")


class ManyPhones(query_status.QueryStatusParams):
    """More phones than four requests can name."""

    where: Where | None = Field(default_factory=lambda: Where.parse("state=running"), description="Which phones")


class OnePhone(reboot_instances.RebootParams):
    """A phone that nobody uses, and what the suite says; that is not sent."""

    instance_ids: InstanceIds = Field(default=("efjy72gs",), description="Phones")
    message: str | None = Field(default=None, description="What the suite says")


def _asking(name: str) -> AnyAction:
    endpoint = reboot_instances.ACTION.by
    assert isinstance(endpoint, Endpoint)
    stays = replace(endpoint, local=frozenset({"message"}))
    return replace(reboot_instances.ACTION, name=name, params=OnePhone, by=stays)


_ACTIONS: tuple[AnyAction, ...] = (
    replace(fleet_summary.ACTION, name="test_simple_text"),
    replace(get_task.ACTION, name="test_error_handling", params=NoSuchTask),
    replace(query_status.ACTION, name="test_tool_with_progress", params=ManyPhones),
    _asking("test_elicitation"),
    _asking("test_input_required_result_elicitation"),
    _asking("test_input_required_result_request_state"),
    _asking("test_input_required_result_tampered_state"),
)
FIXTURES: Mapping[str, AnyAction] = {each.name: each for each in _ACTIONS}

_PROMPTS = {
    "test_simple_prompt": """\
---
name: test_simple_prompt
title: Simple
description: A runbook that asks for nothing, and brings what a read answers.
reads:
  - test_simple_text
---
1. Read what stands below.
""",
    "test_prompt_with_arguments": """\
---
name: test_prompt_with_arguments
title: With arguments
description: A runbook that asks for two things.
arguments:
  - {name: arg1, kind: text, description: The first, example: hello, required: true}
  - {name: arg2, kind: text, description: The second, example: world, required: true}
---
1. Read what was said.
""",
}


def fixture_runbooks() -> Mapping[str, Runbook]:
    """All of them, by name."""
    return {name: read_runbook(Path(f"{name}.md"), text.encode()) for name, text in _PROMPTS.items()}
