"""What the person at the terminal may do."""

from collections.abc import Mapping

from pydantic import JsonValue

from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.surfaces.terminal.printing import print_json, print_table
from tools import AnyAction


def print_catalogue(principal: Principal, actions: Mapping[str, AnyAction], *, as_json: bool) -> None:
    """Every action this person's roles include; it needs no credentials of the cloud.

    Raises:
        OutputFailed: it cannot be written.

    """
    offered = [action for action in actions.values() if _is_offered(action, principal)]
    roles = ", ".join(sorted(principal.roles)) or "no role"
    message = f"{principal.person} ({roles}) may run {len(offered)} of {len(actions)} actions."
    if as_json:
        data: dict[str, JsonValue] = {
            "person": principal.person,
            "roles": [*sorted(principal.roles)],
            "actions": [_described(action) for action in offered],
        }
        print_json({"status": "done", "message": message, "data": data})
        return
    print_table(
        Shown(
            message=message,
            columns=("action", "word", "risk", "permission", "what it does"),
            rows=tuple((each.name, each.word, each.risk.name, str(each.permission), each.summary) for each in offered),
            notes=("chatops run ACTION --help says what an action takes.",),
        )
    )


def _is_offered(action: AnyAction, principal: Principal) -> bool:
    """As the executor decides, without one: that would need credentials."""
    return {str(each) for each in action.permissions} <= principal.permissions


def _described(action: AnyAction) -> JsonValue:
    return {
        "name": action.name,
        "word": action.word,
        "title": action.title,
        "summary": action.summary,
        "risk": action.risk.name,
        "permission": str(action.permission),
    }
