"""The end of a call, on standard output and standard error."""

import json
import sys
from collections.abc import Mapping

from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.outcome import Outcome, Status, describe
from chatops.rendering import Shown, render
from chatops.surfaces.terminal.drawing import draw, line_of
from chatops.surfaces.terminal.secrets import revealed

_RECORD = "Its record: chatops operations show"
_GOES_ON = frozenset({Status.ACCEPTED, Status.UNKNOWN})


class OutputClosed(Exception):
    """Nobody reads standard output any more: no fault, and no reason to say anything."""


class OutputFailed(OSError):
    """Standard output takes nothing more, a full disk for one: what was to be answered is lost."""


def print_outcome(outcome: Outcome, *, as_json: bool, reveal: bool) -> None:
    """Answers go to standard output, refusals and errors to standard error; with ``as_json`` all is one object.

    Raises:
        OutputFailed: it cannot be written.

    """
    if as_json:
        print_json(outcome.payload(reveal=reveal))
        return
    _print_text(outcome, reveal=reveal)
    if outcome.operation_id is not None and outcome.operation_id not in outcome.message:
        told = "What becomes of it: chatops operations watch" if outcome.status in _GOES_ON else _RECORD
        note(f"{told} {outcome.operation_id}")


def _print_text(outcome: Outcome, *, reveal: bool) -> None:
    if outcome.plan is not None:
        write(draw(render(outcome)))
    elif outcome.result is None:
        complain(outcome.message, outcome.error)
        for warning in outcome.warnings:
            note(warning)
    else:
        shown = render(outcome)
        secrets = revealed(outcome) if reveal else {}
        write(draw(shown) + "".join(f"{place}: {line_of(secret)}\n" for place, secret in secrets.items()))


def print_table(shown: Shown) -> None:
    """A table that no action answered."""
    write(draw(shown))


def print_json(payload: Mapping[str, JsonValue]) -> None:
    """One object, for a program."""
    write(json.dumps(payload, ensure_ascii=not _takes_unicode(), indent=2 if sys.stdout.isatty() else None) + "\n")


def complain(message: str, error: ChatopsError | None = None) -> None:
    """What went wrong, and what to do next."""
    lines = [line_of(message)]
    if error is not None:
        known = {key: value for key, value in describe(error).items() if key in ("upstream_code", "request_id")}
        facts = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in known.items())
        lines += [f"({facts})"] if facts else []
        lines += [f'The API says: "{line_of(error.quote)}"'] if error.quote else []
        lines += [line_of(error.next_step)] if error.next_step else []
    sys.stderr.write("\n".join(lines) + "\n")
    sys.stderr.flush()


def note(text: str) -> None:
    """Something a person should know, beside the answer."""
    sys.stderr.write(f"note: {line_of(text)}\n")
    sys.stderr.flush()


def write(text: str) -> None:
    """Write to standard output, now: what cannot be written must not go unnoticed.

    Raises:
        OutputClosed: whoever read it has enough of it.
        OutputFailed: it cannot be written.

    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosed from None
    except OSError as error:
        raise OutputFailed(error.errno, error.strerror, "standard output") from None


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")
