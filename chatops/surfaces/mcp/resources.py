"""Resources of MCP: the fleet in numbers, an operation, an approval, the policy in words, runbooks."""

import re
from collections.abc import Awaitable, Callable
from typing import TypedDict

from mcp import MCPError, types

from chatops.consent import NobodyToAsk
from chatops.errors import OperationUnknown, UnknownAction
from chatops.executor import Executor
from chatops.operations.visible import find_visible
from chatops.policy import in_words
from chatops.principal import Principal
from chatops.showing import approval, details
from chatops.surfaces.mcp.bounds import CHARACTER_LIMIT, fit
from chatops.surfaces.mcp.guarding import guarded
from chatops.surfaces.mcp.shelf import Caller, Context, Shelf, asking_of
from chatops.surfaces.mcp.text import CELL_LIMIT, WARNING, quote
from tools import clean_text

SUMMARY = "chatops://fleet/summary"
POLICY = "chatops://policy"
OPERATION = "chatops://operations/{id}"
APPROVAL = "chatops://approvals/{id}"
RUNBOOK = "chatops://runbooks/{name}"

_FLEET_ACTION = "fleet_summary"
_ONE = re.compile(r"chatops://(operations|approvals|runbooks)/([A-Za-z0-9_]{1,64})")
_LIST_SECONDS = 60
_FLEET_SECONDS = 30
_POLICY_SECONDS = 60
_RUNBOOK_SECONDS = 3600
_NOW = 0
_URI_LIMIT = 128
_PLAIN = "text/plain"
_MARKDOWN = "text/markdown"
_TEMPLATES = (
    types.ResourceTemplate(
        uri_template=OPERATION,
        name="operation",
        title="Operation",
        description="One changing call and what became of it: your own, or any for approvers and admins",
        mime_type=_PLAIN,
    ),
    types.ResourceTemplate(
        uri_template=APPROVAL,
        name="approval",
        title="Approval",
        description="What another person is asked to approve, who may, until when, and what they said",
        mime_type=_PLAIN,
    ),
    types.ResourceTemplate(
        uri_template=RUNBOOK,
        name="runbook",
        title="Runbook",
        description="What to do in a known situation, step by step",
        mime_type=_MARKDOWN,
    ),
)


class ResourceHandlers(TypedDict):
    """Handlers of the server, by the names under which it takes them."""

    on_list_resources: Callable[[Context, types.PaginatedRequestParams | None], Awaitable[types.ListResourcesResult]]
    on_list_resource_templates: Callable[
        [Context, types.PaginatedRequestParams | None], Awaitable[types.ListResourceTemplatesResult]
    ]
    on_read_resource: Callable[[Context, types.ReadResourceRequestParams], Awaitable[types.ReadResourceResult]]


def resource_handlers(shelf: Shelf, caller: Caller) -> ResourceHandlers:
    """The handlers of resources/list, resources/templates/list and resources/read."""

    async def list_resources(
        context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        _check_cursor(params)
        return types.ListResourcesResult(
            resources=_resources(shelf, caller(context)), ttl_ms=_LIST_SECONDS * 1000, cache_scope="private"
        )

    async def list_templates(
        context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        _check_cursor(params)
        templates = [*_TEMPLATES] if caller(context).roles else []
        return types.ListResourceTemplatesResult(
            resource_templates=templates, ttl_ms=_LIST_SECONDS * 1000, cache_scope="private"
        )

    async def read(context: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            text, kind, seconds = await _read(shelf, caller(context), params.uri)
        except (UnknownAction, OperationUnknown):
            # Unknown and forbidden are answered alike.
            shown = clean_text(params.uri, limit=_URI_LIMIT, lines=False)
            raise MCPError(types.INVALID_PARAMS, f"Resource not found: {shown}", {"uri": shown}) from None
        return types.ReadResourceResult(
            contents=[types.TextResourceContents(uri=params.uri, mime_type=kind, text=text)],
            ttl_ms=seconds * 1000,
            cache_scope="private",
        )

    new_id = shelf.executor.new_id
    return {
        "on_list_resources": guarded(new_id, list_resources),
        "on_list_resource_templates": guarded(new_id, list_templates),
        "on_read_resource": guarded(new_id, read),
    }


def _check_cursor(params: types.PaginatedRequestParams | None) -> None:
    if params is not None and params.cursor is not None:
        raise MCPError(types.INVALID_PARAMS, "There is no such cursor: everything stands on one page.")


def _resources(shelf: Shelf, principal: Principal) -> list[types.Resource]:
    if not principal.roles:
        return []
    policy = types.Resource(
        uri=POLICY,
        name="policy",
        title="Policy",
        description="What is permitted, refused, or asked of a person, rule by rule, and the limits",
        mime_type=_PLAIN,
    )
    runbooks = [
        types.Resource(
            uri=RUNBOOK.format(name=each.name),
            name=each.name,
            title=each.head.title,
            description=each.head.description,
            mime_type=_MARKDOWN,
        )
        for each in shelf.offered(principal).values()
    ]
    if not any(action.name == _FLEET_ACTION for action in shelf.executor.offered(principal)):
        return [policy, *runbooks]
    action = shelf.executor.actions[_FLEET_ACTION]
    summary = types.Resource(
        uri=SUMMARY, name=action.name, title=action.title, description=action.summary, mime_type=_PLAIN
    )
    return [summary, policy, *runbooks]


async def _read(shelf: Shelf, principal: Principal, uri: str) -> tuple[str, str, int]:
    """Text, its kind, and for how many seconds it may be kept.

    Raises:
        UnknownAction: there is none, or not for this person.
        ChatopsError: it cannot be read.

    """
    if not principal.roles:
        raise UnknownAction("There is no such resource.")
    if uri == SUMMARY:
        return await _summary(shelf.executor, principal), _PLAIN, _FLEET_SECONDS
    if uri == POLICY:
        return in_words(shelf.executor.guard.policy.engine), _PLAIN, _POLICY_SECONDS
    found = _ONE.fullmatch(uri)
    if found is None:
        raise UnknownAction("There is no such resource.")
    collection, name = found.groups()
    if collection == "runbooks":
        runbook = shelf.offered(principal).get(name)
        if runbook is None:
            raise UnknownAction("There is no such runbook.")
        return runbook.text_with({}), _MARKDOWN, _RUNBOOK_SECONDS
    asking = asking_of(shelf.executor)
    await asking.ledger.expire()
    operation = await find_visible(asking.ledger, name, principal)
    decides = collection == "approvals"
    able = asking.people.approvers(operation.person, operation.approver_roles)
    shown = approval(operation, able) if decides else details(operation)
    quoted = quote(shown, characters=CHARACTER_LIMIT - len(WARNING) - 1, cell_limit=CELL_LIMIT)
    return f"{WARNING}\n{quoted}", _PLAIN, _NOW


async def _summary(executor: Executor, principal: Principal) -> str:
    outcome = await executor.run(principal, _FLEET_ACTION, {}, NobodyToAsk())
    if outcome.error is not None:
        raise outcome.error
    return fit(outcome).text
