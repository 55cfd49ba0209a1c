"""What a call answers: structured content for programs, and the same as text for models that read only that."""

from mcp import types

from chatops.outcome import Outcome, Status
from chatops.surfaces.mcp.bounds import fit
from tools import AnyAction, Risk


def answer(outcome: Outcome) -> types.CallToolResult:
    """The result of a call; a refusal, a failure and a wrong argument are results as well."""
    fitted = fit(outcome)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=fitted.text)],
        structured_content=fitted.structured,
        is_error=outcome.is_error,
    )


def internal_error(action: AnyAction, incident: str) -> types.CallToolResult:
    """The result where we failed ourselves: the id of the log entry, and nothing of what is in it."""
    changing = action.risk is not Risk.READ
    status = Status.UNKNOWN if changing else Status.FAILED
    message = f"{action.name} ended with an error inside chatops, {incident} in its log."
    next_step = (
        "Read the state of the phones before doing anything again, and tell whoever runs chatops."
        if changing
        else "Tell whoever runs chatops."
    )
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=f"{message}\nNote: {next_step}")],
        structured_content={
            "status": status.value,
            "message": message,
            "error": {"code": "internal_error", "message": message, "retryable": False, "next_step": next_step},
        },
        is_error=True,
    )
