"""Actions as the tools of MCP."""

from mcp import types

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
