"""Help made of what this very person may do."""

from collections.abc import Mapping

from chatops.parameters import parameters_of
from chatops.surfaces.slack import blocks
from chatops.surfaces.slack.asked import Misread
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.speaking import message_of
from tools import AnyAction

OWN = {
    "why ACTION …": "Say what would be decided of a call, and who could approve it",
    "op ID": "Show an operation: its plan, its requests, each phone",
    "audit --since 2h --denied": "Show what happened",
    "runbook NAME": "Show what to do in a known situation",
    'freeze --reason "…" --for 30m': "Stop changes; also --region, --action, --person",
    "unfreeze": "Let changes go on",
}
"""Commands of the door itself, as they are typed."""


def overview(actions: Mapping[str, AnyAction], *, command: str = "/phone") -> Message:
    """Every action that may be asked for, with its word; ``actions`` are the person's own."""
    said = f"{command} ACTION …, or {command} help ACTION. An action without its arguments opens a form."
    lines = [f"{each.word:<16} {each.title}" for each in actions.values()]
    shown = [blocks.paragraph(said), blocks.preformatted("\n".join(lines) or "You may do nothing here.")]
    shown.append(blocks.preformatted("\n".join(f"{command} {typed}\n    {does}" for typed, does in OWN.items())))
    return message_of(shown)


def help_on(action: AnyAction, *, command: str = "/phone") -> Message:
    """One action: what it does, what it takes, and lines that work."""
    said = f"{action.word} ({action.name}): {action.summary}. {action.details}".strip()
    takes = [
        f"{each.name}{' (required)' if each.required else ''}: {each.description}" for each in parameters_of(action)
    ]
    examples = [command_line(action, each.params, command) for each in action.examples]
    shown = [blocks.paragraph(said), blocks.preformatted("\n".join([*takes, "", *examples]))]
    return message_of(shown)


def misread(found: Misread) -> Message:
    """What could not be read, where, and a line that works."""
    said = f"✏️ Not understood: {found.problem}"
    works = f"This works: {found.example}"
    return message_of([blocks.paragraph(said), blocks.preformatted(found.pointed), blocks.paragraph(works)])
