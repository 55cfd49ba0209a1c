"""Runbooks as prompts of MCP: the text, and below it what was read for whoever fetched it."""

from collections.abc import Awaitable, Callable
from typing import TypedDict

from mcp import MCPError, types

from chatops.briefing import READ_SECONDS
from chatops.errors import InvalidParams
from chatops.runbooks import Argument, Runbook
from chatops.surfaces.mcp.briefing import Briefing
from chatops.surfaces.mcp.guarding import guarded
from chatops.surfaces.mcp.shelf import Caller, Context, Shelf
from tools import clean_text

_LIST_SECONDS = 60
_NAME_LIMIT = 64


class PromptHandlers(TypedDict):
    """Handlers of the server, by the names under which it takes them."""

    on_list_prompts: Callable[[Context, types.PaginatedRequestParams | None], Awaitable[types.ListPromptsResult]]
    on_get_prompt: Callable[[Context, types.GetPromptRequestParams], Awaitable[types.GetPromptResult]]


def prompt_handlers(shelf: Shelf, caller: Caller, *, read_seconds: float = READ_SECONDS) -> PromptHandlers:
    """The handlers of prompts/list and prompts/get."""
    briefing = Briefing(executor=shelf.executor, seconds=read_seconds)

    async def list_prompts(context: Context, params: types.PaginatedRequestParams | None) -> types.ListPromptsResult:
        if params is not None and params.cursor is not None:
            raise MCPError(types.INVALID_PARAMS, "There is no such cursor: all prompts stand on one page.")
        offered = shelf.offered(caller(context))
        return types.ListPromptsResult(
            prompts=[_prompt(each) for each in offered.values()], ttl_ms=_LIST_SECONDS * 1000, cache_scope="private"
        )

    async def get_prompt(context: Context, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        principal = caller(context)
        runbook = shelf.offered(principal).get(params.name)
        if runbook is None:
            # Unknown and forbidden are answered alike.
            shown = clean_text(params.name, limit=_NAME_LIMIT, lines=False)
            raise MCPError(types.INVALID_PARAMS, f"Unknown prompt: {shown}")
        try:
            values = runbook.values(params.arguments or {})
        except InvalidParams as error:
            raise MCPError(types.INVALID_PARAMS, f"{error.message} {error.next_step}") from None
        text = await briefing.text(principal, runbook, values)
        content = types.TextContent(type="text", text=text)
        return types.GetPromptResult(
            description=runbook.head.description, messages=[types.PromptMessage(role="user", content=content)]
        )

    new_id = shelf.executor.new_id
    return {"on_list_prompts": guarded(new_id, list_prompts), "on_get_prompt": guarded(new_id, get_prompt)}


def _prompt(runbook: Runbook) -> types.Prompt:
    return types.Prompt(
        name=runbook.name,
        title=runbook.head.title,
        description=runbook.head.description,
        arguments=[_argument(each) for each in runbook.head.arguments],
    )


def _argument(argument: Argument) -> types.PromptArgument:
    description = f"{argument.description}. For example: {argument.example}"
    return types.PromptArgument(name=argument.name, description=description, required=argument.required)
