"""The help of an action: what it does, what it can cost, who may, and how it is written."""

from chatops.roles import roles_with
from chatops.surfaces.terminal.command_lines import command_line
from tools import AnyAction, Risk

_KEPT = "\b\n"
"""Click fills paragraphs unless they begin with this."""

_RISKS = {
    Risk.READ: "reads only.",
    Risk.CHANGE: "changes something that can be set back; is not asked about.",
    Risk.DISRUPTIVE: "interrupts whoever uses the phone. Asks before it is sent; --yes answers.",
    Risk.DESTRUCTIVE: "loses data or money, or runs somebody's code. Asks at a terminal for the id or the number of "
    "phones to be typed, which --yes does not answer; deletions, orders and more than a few phones need another "
    "person's approval. --plan shows what would happen.",
}


def explain(action: AnyAction) -> str:
    """The text above the options."""
    holders = " or ".join(roles_with(str(action.permission))) or "nobody"
    facts = [
        f"Risk: {action.risk.name}: {_RISKS[action.risk]}",
        *_eased(action),
        *([f"Undo: {action.change.undo}"] if action.change is not None else []),
        f"Permission: {action.permission}, which comes with the role {holders}.",
    ]
    return "\n\n".join([f"{action.summary}.", *([action.details] if action.details else []), *facts])


def examples(action: AnyAction) -> str:
    """The text below the options."""
    lines = [f"  {command_line(action, example.params)}" for example in action.examples]
    return _KEPT + "\n".join(["Examples:", *lines])


def _eased(action: AnyAction) -> list[str]:
    eased = action.change.eased if action.change is not None else None
    return [f"Some arguments lower it to {eased.to.name}: {_RISKS[eased.to]}"] if eased is not None else []
