"""One command against the store: who types, what they may, and how its answer is told."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.outcome import Outcome, Status, ended
from chatops.people import require_role
from chatops.principal import Principal
from chatops.progress import hearing
from chatops.rendering import Shown
from chatops.roles import Role
from chatops.service import Records, Service
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.printing import (
    OutputFailed,
    print_interrupted,
    print_json,
    print_outcome,
    print_table,
    told_anyway,
    write,
)
from chatops.surfaces.terminal.waiting import Waiting

T = TypeVar("T")
OpenRecords = Callable[[], AbstractAsyncContextManager[tuple[Records, Principal]]]
OpenService = Callable[[], AbstractAsyncContextManager[tuple[Service, Principal]]]


@dataclass(frozen=True, kw_only=True)
class Desk(Generic[T]):
    """What a command works with: the store alone or the whole service, and the person in front of it."""

    place: T
    principal: Principal
    interrupts: Interrupts
    waiting: Waiting

    def require(self, roles: tuple[Role, ...], what: str) -> None:
        """Go on only for somebody with one of these roles.

        Raises:
            PermissionMissing: the person has none of them.

        """
        require_role(self.principal, roles, what)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command has to say: a table or lines for people, an object for programs."""

    shown: Shown
    text: str | None = None
    data: JsonValue = None
    status: Status = Status.DONE
    operation_id: str | None = None
    contradicted: bool = False

    @property
    def exit_code(self) -> int:
        """That of a call which ends so."""
        return Outcome(status=self.status, message="", contradicted=self.contradicted).exit_code

    def payload(self) -> Mapping[str, JsonValue]:
        """The object, of the same form as that of a call."""
        answer: dict[str, JsonValue] = {"status": self.status.value, "message": self.shown.message}
        if self.data is not None:
            answer["data"] = self.data
        if self.operation_id is not None:
            answer["operation_id"] = self.operation_id
        if self.shown.notes:
            answer["warnings"] = [*self.shown.notes]
        return answer


Work = Callable[[Desk[T]], Awaitable[Answer | Outcome | None]]


def answered(
    opened: Callable[[], AbstractAsyncContextManager[tuple[T, Principal]]], work: Work[T], *, what: str, as_json: bool
) -> int:
    """The exit code of this work, whose answer was printed; ``what`` says at a terminal what takes so long.

    What is refused is an answer as well; None stands for work that was interrupted.
    """
    waiting = Waiting(what)
    interrupts = Interrupts(waiting.clear)

    async def run() -> Answer | Outcome | None:
        answer: Answer | Outcome | None = None
        async with opened() as (place, principal), anyio.create_task_group() as tasks:
            await tasks.start(interrupts.watch)
            tasks.start_soon(waiting.show)
            desk = Desk(place=place, principal=principal, interrupts=interrupts, waiting=waiting)
            with hearing(waiting.hear), interrupts.stoppable():
                try:
                    answer = await work(desk)
                except ChatopsError as error:
                    answer = ended(error)
            tasks.cancel_scope.cancel()
        return answer

    answer = anyio.run(run)
    if answer is None:
        print_interrupted("Interrupted.", as_json=as_json)
        return interrupts.exit_code
    try:
        _print(answer, as_json=as_json)
    except OutputFailed:
        message = answer.message if isinstance(answer, Outcome) else answer.shown.message
        told_anyway(message, answer.operation_id)
        raise
    return answer.exit_code


def _print(answer: Answer | Outcome, *, as_json: bool) -> None:
    if isinstance(answer, Outcome):
        print_outcome(answer, as_json=as_json, reveal=False)
    elif as_json:
        print_json(answer.payload())
    elif answer.text is not None:
        write(f"{answer.text}\n" if answer.text else "")
    else:
        print_table(answer.shown)
