"""A call as somebody typed it."""

from dataclasses import dataclass

from chatops.surfaces.terminal.arguments import Arguments
from tools import AnyAction


@dataclass(frozen=True, kw_only=True)
class Request:
    """An action with raw arguments, and how the person wants to be asked and answered."""

    action: AnyAction
    arguments: Arguments
    as_json: bool
    yes: bool
    reveal: bool
    plan: bool = False
    no_wait: bool = False
