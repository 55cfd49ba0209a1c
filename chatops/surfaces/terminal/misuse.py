"""A call that ended at its command line, as the audit keeps it: what was named, and nothing that was typed for it."""

import re
from collections.abc import Sequence

import click

from chatops.audit import AuditEvent, Kind
from chatops.errors import InvalidParams, UnknownAction
from chatops.outcome import Status
from chatops.principal import Principal
from chatops.surfaces.terminal.menu import Menu
from tools import clean_text

_NAME_LIMIT = 64
_OPTION = re.compile(r"-{0,2}([A-Za-z0-9][A-Za-z0-9_-]{0,39})")


def misuse_event(words: Sequence[str], error: click.UsageError, principal: Principal) -> AuditEvent:
    """What is written down of ``chatops run`` with these words, which click or we could not read."""
    command = error.ctx.command if error.ctx is not None else None
    is_unknown = command is None or isinstance(command, Menu)
    name = words[1] if command is None or is_unknown else command.name or ""
    return AuditEvent(
        kind=Kind.DENIED if is_unknown else Kind.INVALID,
        principal=principal,
        action=clean_text(name, limit=_NAME_LIMIT, lines=False),
        status=(Status.REFUSED if is_unknown else Status.INVALID).value,
        error=UnknownAction.code if is_unknown else InvalidParams.code,
        details=None if is_unknown else {"problems": [_problem(error)]},
    )


def _problem(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"{_named(error.option_name)}: no_such_option"
    if isinstance(error, click.BadParameter):
        return f"{_named(error.param.name or '' if error.param else '')}: bad_value"
    name, colon, _ = error.message.partition(": ")
    return f"{_named(name)}: unreadable" if colon and name.startswith("--") else "all: usage"


def _named(name: str) -> str:
    """The name of an option, and nothing that is none: a secret may have been typed where one belongs."""
    matched = _OPTION.fullmatch(name)
    return matched[1] if matched else "?"
