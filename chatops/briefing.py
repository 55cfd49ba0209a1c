"""What a runbook looks at first, read as the person who follows it, and the runbooks that somebody is offered."""

from collections.abc import Mapping
from dataclasses import dataclass

import anyio

from chatops.consent import NobodyToAsk
from chatops.executor import Executor
from chatops.outcome import Outcome
from chatops.principal import Principal
from chatops.runbooks import Runbook, WrittenCall

READ_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class FirstRead:
    """One call of a runbook and its outcome; where there is none, ``problem`` says why."""

    call: WrittenCall
    outcome: Outcome | None = None
    problem: str = ""


async def first_reads(
    executor: Executor,
    principal: Principal,
    runbook: Runbook,
    values: Mapping[str, str],
    *,
    seconds: float = READ_SECONDS,
) -> tuple[FirstRead, ...]:
    """All of them at once, in the order in which they are written; together they have these seconds."""
    calls = runbook.reads_with(values)
    found = [FirstRead(call=call, problem=f"{call.text} took longer than {seconds:g} seconds.") for call in calls]

    async def read(number: int, call: WrittenCall) -> None:
        found[number] = await _read(executor, principal, call)

    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as group:
            for number, call in enumerate(calls):
                group.start_soon(read, number, call)
    return tuple(found)


async def _read(executor: Executor, principal: Principal, call: WrittenCall) -> FirstRead:
    action = executor.actions[call.action]
    if missing := call.missing(action):
        return FirstRead(call=call, problem=f"{call.action} needs {', '.join(missing)}.")
    outcome = await executor.run(principal, call.action, call.arguments(action), NobodyToAsk())
    return FirstRead(call=call, outcome=outcome)


def offered(runbooks: Mapping[str, Runbook], executor: Executor, principal: Principal) -> dict[str, Runbook]:
    """Those whose reads this person's roles include, by name; nobody without a role is offered any."""
    if not principal.roles:
        return {}
    allowed = {action.name for action in executor.offered(principal)}
    return {name: each for name, each in runbooks.items() if all(call.action in allowed for call in each.reads)}
