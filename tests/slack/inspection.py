"""Looks at everything the app shows, as it is shown: a finding refuses it and is kept as a complaint."""

import json
from typing import Any

from tests.slack import JsonObject, limits
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.workspace import File


def inspect_message(state: State, payload: JsonObject, *, where: str, seen_by: str | None) -> None:
    """A message, before it is posted; ``seen_by`` is the only person who sees it, if it is only one."""
    state.complaints += [f"{where}: {one} would call everybody" for one in limits.broadcasts(payload)]
    state.complaints += leaks(state, payload, where, seen_by)
    text = payload.get("text")
    if isinstance(text, str) and len(text) > limits.MESSAGE_TEXT:
        state.complaints.append(f"{where}: {len(text)} characters of text")
        raise Refused("msg_too_long")
    _refuse(state, limits.message_findings(payload), where, "invalid_blocks")


def inspect_view(state: State, payload: JsonObject, *, where: str, seen_by: str) -> None:
    """A form or home tab, before it is shown."""
    state.complaints += [f"{where}: {one} would call everybody" for one in limits.broadcasts(payload)]
    state.complaints += leaks(state, payload, where, seen_by)
    _refuse(state, limits.view_findings(payload), where, "invalid_arguments")


def inspect_file(state: State, file: File) -> None:
    """A file, before it is shared: no marked secret, whoever sees it."""
    content = (file.content or b"").decode(errors="replace")
    state.complaints += leaks(
        state, {"name": file.name, "title": file.title, "content": content}, f"file {file.name}", None
    )


def inspect_options(state: State, body: JsonObject, *, seen_by: str) -> None:
    """Suggestions, before they are offered; a finding is a complaint."""
    state.complaints += [f"suggestions: {finding}" for finding in limits.options_findings(body)]
    state.complaints += leaks(state, body, "suggestions", seen_by)


def leaks(state: State, payload: Any, where: str, seen_by: str | None) -> list[str]:  # noqa: ANN401  # JSON of any shape
    """Marked secrets that others than their one reader would see."""
    text = json.dumps(payload, ensure_ascii=False)
    return [
        f"{where}: shows the secret {secret!r} to {seen_by or 'everybody'}"
        for secret, reader in state.secrets.items()
        if json.dumps(secret, ensure_ascii=False)[1:-1] in text and (reader is None or reader != seen_by)
    ]


def _refuse(state: State, findings: list[str], where: str, error: str) -> None:
    if findings:
        state.complaints += [f"{where}: {finding}" for finding in findings]
        raise Refused(error, response_metadata={"messages": [f"[ERROR] {finding}" for finding in findings]})
