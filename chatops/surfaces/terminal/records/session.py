"""One command against the store: who types, what they may, and how its answer is told."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TypeVar

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError, PermissionMissing
from chatops.outcome import Outcome, Status, ended
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.roles import Role
from chatops.service import Records, Service
from chatops.surfaces.terminal.printing import print_json, print_outcome, print_table, write

T = TypeVar("T")
OpenRecords = Callable[[], AbstractAsyncContextManager[tuple[Records, Principal]]]
OpenService = Callable[[], AbstractAsyncContextManager[tuple[Service, Principal]]]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command has to say: a table or lines for people, an object for programs."""

    shown: Shown
    text: str | None = None
    data: JsonValue = None
    exit_code: int = 0


def answered(
    opened: Callable[[], AbstractAsyncContextManager[T]], work: Callable[[T], Awaitable[Answer]], *, as_json: bool
) -> int:
    """The exit code of this work, whose answer was printed. What is refused is an answer as well."""

    async def run() -> Answer | Outcome:
        async with opened() as place:
            try:
                return await work(place)
            except ChatopsError as error:
                return ended(error)

    answer = anyio.run(run)
    if isinstance(answer, Outcome):
        print_outcome(answer, as_json=as_json, reveal=False)
        return answer.exit_code
    if as_json:
        status = Status.DONE if answer.exit_code == 0 else Status.FAILED
        payload: Mapping[str, JsonValue] = {
            "status": status.value,
            "message": answer.shown.message,
            "data": answer.data,
        }
        print_json(payload)
    elif answer.text is not None:
        write(f"{answer.text}\n" if answer.text else "")
    else:
        print_table(answer.shown)
    return answer.exit_code


def require(principal: Principal, roles: tuple[Role, ...], what: str) -> None:
    """Go on only for somebody with one of these roles.

    Raises:
        PermissionMissing: the person has none of them.

    """
    if not principal.roles & set(roles):
        raise PermissionMissing(
            f"{principal.person} may not {what}.",
            next_step=f"That comes with the role {' or '.join(roles)}; the team file says who has it.",
        )
