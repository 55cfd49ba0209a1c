"""The end of a call, on standard output and standard error."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.outcome import Outcome, Status, describe, quoted
from chatops.rendering import Shown, render
from chatops.revealing import revealed
from chatops.surfaces.terminal.drawing import draw, line_of, quotation

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


def print_interrupted(message: str, *, as_json: bool) -> None:
    """Whoever interrupted is told so; where the answer cannot be written, on standard error."""
    if as_json:
        with suppress(OutputClosed, OutputFailed):
            print_json({"status": "cancelled", "message": message})
            return
    complain(message)


def told_anyway(message: str, operation_id: str | None) -> None:
    """What cannot be read on standard output: whoever changed something has to know what became of it."""
    complain(message)
    if operation_id is not None and operation_id not in message:
        note(f"{_RECORD} {operation_id}")


def complain(message: str, error: ChatopsError | None = None) -> None:
    """What went wrong, and what to do next."""
    lines = [line_of(message)]
    quote = quoted(error)
    lines += [quotation(quote)] if quote else []
    if error is not None:
        known = {key: value for key, value in describe(error).items() if key in ("upstream_code", "request_id")}
        facts = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in known.items())
        lines += [f"({facts})"] if facts else []
        lines += [line_of(error.next_step)] if error.next_step else []
    say("\n".join(lines) + "\n")


def note(text: str) -> None:
    """Something a person should know, beside the answer."""
    say(f"note: {line_of(text)}\n")


def say(text: str) -> None:
    """Write to standard error, now. Where that is gone nobody is there to be told, and what is under way goes on."""
    with suppress(OSError):
        sys.stderr.write(text)
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
        _forget_output()
        raise OutputClosed from None
    except OSError as error:
        _forget_output()
        raise OutputFailed(error.errno, error.strerror, "standard output") from None


def _forget_output() -> None:
    """What could not be written must not be tried again when the interpreter ends."""
    if sys.stdout is sys.__stdout__ and sys.__stdout__ is not None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.__stdout__.fileno())
        os.close(nothing)


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")
