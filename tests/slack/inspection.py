"""Looks at everything the app shows, as it is shown: a finding refuses it and is kept as a complaint."""

from tests.slack import JsonObject
from tests.slack.state import State
from tests.slack.workspace import File


def inspect_message(state: State, payload: JsonObject, *, where: str, seen_by: str | None) -> None:
    """A message, before it is posted; ``seen_by`` is the only person who sees it, if it is only one."""


def inspect_view(state: State, payload: JsonObject, *, where: str, seen_by: str) -> None:
    """A form or home tab, before it is shown."""


def inspect_file(state: State, file: File) -> None:
    """A file, before it is shared."""


def inspect_options(state: State, body: JsonObject) -> None:
    """Suggestions, before they are offered; a finding is a complaint."""
