"""Actions as the tools of MCP."""

from collections.abc import Sequence

from mcp import types

from chatops.errors import StoreUnavailable
from chatops.executor import Executor
from chatops.principal import Principal
from chatops.surfaces.mcp.schemas import description, output_schema, tool_schema
from tools import AnyAction, Own, Risk


def tool(action: AnyAction) -> types.Tool:
    """What a client is told of an action. All four hints are given, because an absent one means the worst."""
    return types.Tool(
        name=action.name,
        title=action.title,
        description=description(action),
        input_schema=tool_schema(action),
        output_schema=output_schema(action),
        annotations=types.ToolAnnotations(
            read_only_hint=action.risk is Risk.READ,
            # DISRUPTIVE as well: a client that asks its person only before what is destructive shall ask.
            destructive_hint=action.risk >= Risk.DISRUPTIVE,
            # The API knows no idempotency key: a repeated reboot interrupts again, a repeated order buys again.
            idempotent_hint=action.risk is Risk.READ,
            open_world_hint=not isinstance(action.by, Own),
        ),
    )


async def offered_now(executor: Executor, principal: Principal) -> Sequence[AnyAction]:
    """What this person's roles include, without what a freeze stops entirely; that can still be called, and is refused.

    Without a store nobody knows of a freeze. Then everything is offered: reads go on, and changes say why they cannot.
    """
    offered = executor.offered(principal)
    try:
        standing = await executor.standing()
    except StoreUnavailable:
        return offered
    return [action for action in offered if not standing.forbids(action, principal.person)]
