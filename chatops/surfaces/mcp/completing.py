"""Completion of what a prompt or a resource template asks for: never more than its person may read anyway."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

import anyio
from mcp import MCPError, types

from chatops.errors import ChatopsError
from chatops.executor import Executor
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.operations.visible import person_seen
from chatops.principal import Principal
from chatops.runbooks import Kind
from chatops.surfaces.mcp.guarding import guarded
from chatops.surfaces.mcp.resources import APPROVAL, OPERATION, RUNBOOK
from chatops.surfaces.mcp.shelf import Caller, Context, Shelf, asking_of
from tools import Instance, clean_text
from tools.list_instances import ListInstancesParams

VALUES_LIMIT = 100
_SECONDS = 3
_FLEET_AGE = 600
_FLEET_READ_UP_TO = 1000
_LOOKED_AT = 200
_LISTING = "list_instances"
_INSTALLATION = "install_app"
_NAME_LIMIT = 128
_OF_PHONE: Mapping[Kind, Callable[[Instance], str | None]] = {
    "instance_id": lambda phone: phone.instance_id,
    "region": lambda phone: phone.region,
    "user_id": lambda phone: phone.assign_user,
}

Complete = Callable[[Context, types.CompleteRequestParams], Awaitable[types.CompleteResult]]


def completion_handler(shelf: Shelf, caller: Caller, *, seconds: float = _SECONDS) -> Complete:
    """The handler of completion/complete. What cannot be found within these seconds is not offered."""

    async def complete(context: Context, params: types.CompleteRequestParams) -> types.CompleteResult:
        principal, known = caller(context), (params.context.arguments if params.context else None) or {}
        found: Iterable[str] = ()
        with anyio.move_on_after(seconds):
            try:
                if isinstance(params.ref, types.PromptReference):
                    found = await _for_prompt(shelf, principal, params.ref.name, params.argument.name, known)
                else:
                    found = await _for_template(shelf, principal, params.ref.uri)
            except ChatopsError:
                # Whoever is still typing is not told what is wrong: they will be when they ask.
                found = ()
        fitting = [each for each in dict.fromkeys(found) if each.startswith(params.argument.value)]
        shown = fitting[:VALUES_LIMIT]
        completion = types.Completion(values=shown, total=len(fitting), has_more=len(shown) < len(fitting))
        return types.CompleteResult(completion=completion)

    return guarded(shelf.executor.new_id, complete)


async def _for_prompt(
    shelf: Shelf, principal: Principal, name: str, argument: str, known: Mapping[str, str]
) -> Iterable[str]:
    runbook = shelf.offered(principal).get(name)
    asked = runbook.arguments.get(argument) if runbook is not None else None
    if asked is None:
        raise _unknown("prompt or argument", f"{name} {argument}")
    if asked.kind == "package":
        found: Iterable[str | None] = await _packages(shelf.executor, principal)
    elif asked.kind in _OF_PHONE:
        # A region that was chosen before narrows everything but itself.
        region = known.get("region") if asked.kind != "region" else None
        phones = await _phones(shelf.executor, principal, region or None)
        found = sorted({each for each in map(_OF_PHONE[asked.kind], phones) if each})
    else:
        found = ()
    # Texts of the listing are somebody else's: what could not be typed is not offered.
    return [each for each in found if each is not None and asked.problem_of(each) is None]


async def _for_template(shelf: Shelf, principal: Principal, template: str) -> Iterable[str]:
    if template == RUNBOOK:
        return shelf.offered(principal)
    if template == OPERATION:
        return [each.id for each in await _operations(shelf.executor, principal)]
    if template == APPROVAL:
        waiting = State.AWAITING_APPROVAL
        return [each.id for each in await _operations(shelf.executor, principal) if each.state is waiting]
    raise _unknown("resource template", template)


async def _phones(executor: Executor, principal: Principal, region: str | None) -> list[Instance]:
    """The phones of the last ten minutes; of a large fleet only if something else has read them."""
    listing = next((action for action in executor.offered(principal) if action.name == _LISTING), None)
    if listing is None:
        return []
    executor.guard.check(principal, listing, ListInstancesParams())
    snapshot = await executor.planner.fleet.at_hand(age=_FLEET_AGE, most=_FLEET_READ_UP_TO)
    return [phone for phone in snapshot.phones if region in (None, phone.region)] if snapshot is not None else []


async def _packages(executor: Executor, principal: Principal) -> list[str]:
    """What was installed lately, by operations that this person may look at: the API lists no packages."""
    operations = await _operations(executor, principal)
    return [str(each.params.get("package", "")) for each in operations if each.action == _INSTALLATION]


async def _operations(executor: Executor, principal: Principal) -> tuple[Operation, ...]:
    """The newest ones that this person may look at."""
    if not principal.roles:
        return ()
    return await asking_of(executor).ledger.listed(person=person_seen(principal), limit=_LOOKED_AT)


def _unknown(what: str, name: str) -> MCPError:
    return MCPError(types.INVALID_PARAMS, f"Unknown {what}: {clean_text(name, limit=_NAME_LIMIT, lines=False)}")
