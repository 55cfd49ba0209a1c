"""Whatever goes wrong at the terminal, as a sentence and an exit code. Never a traceback."""

import logging
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from chatops.errors import ChatopsError, ConfigurationError
from chatops.outcome import describe
from chatops.settings import load_settings
from chatops.surfaces.terminal.interrupts import SIGNAL_BASE
from chatops.surfaces.terminal.printing import OutputClosed, OutputFailed, complain, note, print_json

_NEWS = logging.getLogger("chatops")
_FAILED = 1
_WRONG = 2
_UNKNOWN = 5
_STATUSES = {_WRONG: "invalid", _UNKNOWN: "unknown"}
_EXPECTED = (ChatopsError, click.ClickException, click.Abort, OSError, OutputClosed)
_INTERRUPTED = SIGNAL_BASE + 2
_PIPE_CLOSED = SIGNAL_BASE + 13


class FaultInChange(Exception):
    """A fault of ours in a changing call, of which nobody can say how far it got; its cause is that fault."""


class _InternalError(ChatopsError):
    """A fault of ours; the details are in a file."""


class _SystemError(ChatopsError):
    """The operating system did not do what we asked of it."""

    code = "system_error"


class _UsageError(ChatopsError):
    """The command line is wrong."""

    code = "usage_invalid"


def tell(error: BaseException, *, as_json: bool) -> int:
    """The exit code for this error, which is told to whoever typed: as JSON on standard output if ``as_json``."""
    error = _alone(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        if as_json:
            print_json({"status": "cancelled", "message": "Interrupted."})
        else:
            complain("Interrupted.")
        return _INTERRUPTED
    if isinstance(error, OutputClosed):
        _forget_output()
        return _PIPE_CLOSED
    return _told(error, as_json=as_json)


def is_fault(error: BaseException) -> bool:
    """Whether this is nothing that anybody has foreseen."""
    return not isinstance(_alone(error), _EXPECTED)


@contextmanager
def news_told() -> Iterator[None]:
    """What goes on behind an answer is told beside it; its tracebacks stay in the file of errors."""
    handler = _News()
    _NEWS.addHandler(handler)
    try:
        yield
    finally:
        _NEWS.removeHandler(handler)


class _News(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            with suppress(ChatopsError, OSError):
                _keep(record)
        elif record.levelno >= logging.WARNING:
            note(record.getMessage())


def _alone(error: BaseException) -> BaseException:
    """The error itself, where a task group has wrapped a single one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _told(error: BaseException, *, as_json: bool) -> int:
    if isinstance(error, click.ClickException) and not as_json:
        error.show(file=sys.stderr)
        return error.exit_code
    named, exit_code = _named(error)
    if as_json and not isinstance(error, OutputFailed):
        print_json({"status": _STATUSES.get(exit_code, "failed"), "message": named.message, "error": describe(named)})
    else:
        complain(named.message, named)
    return exit_code


def _named(error: BaseException) -> tuple[ChatopsError, int]:
    if isinstance(error, click.ClickException):
        return _UsageError(error.format_message()), error.exit_code
    if isinstance(error, ChatopsError):
        return error, _WRONG if isinstance(error, ConfigurationError) else _FAILED
    if isinstance(error, OSError):
        if isinstance(error, OutputFailed):
            _forget_output()
        where = f" ({error.filename})" if error.filename else ""
        return _SystemError(f"{error.strerror or 'The system refused it'}{where}."), _FAILED
    if isinstance(error, FaultInChange):
        return _logged(error.__cause__ or error, advice="Look at the phones before doing anything again. "), _UNKNOWN
    return _logged(error), _FAILED


def _logged(error: BaseException, *, advice: str = "") -> _InternalError:
    identifier = uuid.uuid4().hex[:12]
    cause = (type(error), error, error.__traceback__)
    try:
        file = _keep(logging.LogRecord(__name__, logging.ERROR, "", 0, f"unexpected error {identifier}", None, cause))
    except (ChatopsError, OSError):
        return _InternalError(
            f"Something is wrong inside chatops, and could not be written down: {type(error).__name__}.",
            next_step=advice.strip(),
        )
    return _InternalError(
        f"Something is wrong inside chatops (id {identifier}).", next_step=f"{advice}The details are in {file}."
    )


def _keep(record: logging.LogRecord) -> Path:
    """The file of errors, in which the record now stands."""
    folder = load_settings().state_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "errors.log"
    text = logging.Formatter("%(asctime)s %(message)s").format(record)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as stream:
        stream.write(f"{text}\n")
    return file


def _forget_output() -> None:
    """What could not be written must not be tried again when the interpreter ends."""
    if sys.stdout is sys.__stdout__ and sys.__stdout__ is not None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.__stdout__.fileno())
        os.close(nothing)
