"""One call from this door: through the executor, with a person who can be asked and can interrupt."""

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import anyio
import click

from chatops.executor import Executor
from chatops.leaving import Caller, waited_for_by
from chatops.outcome import Outcome
from chatops.principal import Principal
from chatops.progress import hearing
from chatops.surfaces.terminal.asking import TerminalAsker
from chatops.surfaces.terminal.failures import FaultInChange, is_fault
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.printing import (
    OutputClosed,
    OutputFailed,
    note,
    print_interrupted,
    print_outcome,
    told_anyway,
)
from chatops.surfaces.terminal.records.following import Following, followed
from chatops.surfaces.terminal.request import Request
from chatops.surfaces.terminal.waiting import Waiting
from tools import Risk

Opened = Callable[[], AbstractAsyncContextManager[tuple[Executor, Principal]]]


def carry_out(request: Request, opened: Opened) -> int:
    """The exit code of this call, after what came of it was printed.

    Raises:
        click.UsageError: secrets shall be shown where no person would see them.
        ConfigurationError: nobody can be, or nothing can be reached, as this is set up.
        OutputFailed: the answer cannot be written.
        FaultInChange: we have failed ourselves, and nobody knows whether anything was changed.

    """
    try:
        return _carried_out(request, opened)
    except Exception as error:
        if request.action.risk is Risk.READ or not is_fault(error):
            raise
        raise FaultInChange from error


def _carried_out(request: Request, opened: Opened) -> int:
    if request.reveal and not sys.stdout.isatty():
        raise click.UsageError(
            "--reveal shows secrets to a person at a terminal; standard output is none, so nothing was sent."
        )
    for each in request.arguments.notes:
        note(each)
    exit_code, failure = anyio.run(_call, request, opened)
    if failure is not None:
        raise failure
    return exit_code


def _told(request: Request, outcome: Outcome | None) -> OutputClosed | OutputFailed | None:
    """Print the outcome; why it could not be printed, or None."""
    if outcome is None:
        print_interrupted(
            "Interrupted." if request.action.risk is Risk.READ else "Interrupted; nothing was sent.",
            as_json=request.as_json,
        )
        return None
    try:
        print_outcome(outcome, as_json=request.as_json, reveal=request.reveal)
    except (OutputClosed, OutputFailed) as error:
        if request.action.risk is not Risk.READ:
            told_anyway(outcome.message, outcome.operation_id)
        return error
    return None


async def _call(request: Request, opened: Opened) -> tuple[int, OutputClosed | OutputFailed | None]:
    """The exit code of the call, and why its outcome could not be printed; it is printed as soon as it is known.

    What follows may take seconds, where the store is locked. There is no outcome where the call was interrupted before
    anything was sent.
    """
    action = request.action
    waiting = Waiting(action.title)
    caller = Caller()
    outcome: Outcome | None = None

    def tell() -> None:
        waiting.clear()
        caller.left = True
        if action.risk is not Risk.READ:
            note("Stopping; what was sent already is waited for.")

    interrupts = Interrupts(tell)
    asker = TerminalAsker(yes=request.yes, interrupts=interrupts, waiting=waiting)
    async with opened() as (executor, principal):
        async with anyio.create_task_group() as tasks:
            await tasks.start(interrupts.watch)
            tasks.start_soon(waiting.show)
            with waited_for_by(caller), hearing(waiting.hear), interrupts.stoppable():
                outcome = await executor.run(
                    principal, action.name, request.arguments.values, asker, plan_only=request.plan
                )
                if not (request.as_json or request.no_wait) and sys.stderr.isatty():
                    following = Following(
                        find=executor.find, actions=executor.actions, interrupts=interrupts, waiting=waiting
                    )
                    outcome = await followed(following, outcome)
            tasks.cancel_scope.cancel()
        failure = _told(request, outcome)
    return interrupts.exit_code if outcome is None else outcome.exit_code, failure
