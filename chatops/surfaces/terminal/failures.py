"""Whatever goes wrong at the terminal, as a sentence and an exit code. Never a traceback."""

import logging
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from chatops.errors import (
    ChatopsError,
    ConfigurationError,
    InternalError,
    SystemRefused,
    TimedOut,
    UsageInvalid,
)
from chatops.outcome import describe
from chatops.settings import load_settings
from chatops.surfaces.terminal.interrupts import SIGNAL_BASE
from chatops.surfaces.terminal.printing import OutputClosed, OutputFailed, complain, note, print_interrupted, print_json

_NEWS = logging.getLogger("chatops")
_FAILED = 1
_WRONG = 2
_UNKNOWN = 5
_STATUSES = {_WRONG: "invalid", _UNKNOWN: "unknown"}
_EXPECTED = (ChatopsError, click.ClickException, click.Abort, OSError, OutputClosed)
_LONGEST = 400
"""Characters of a message about the command line: what was typed may be as long as anything."""
_INTERRUPTED = SIGNAL_BASE + 2
_PIPE_CLOSED = SIGNAL_BASE + 13


class FaultInChange(Exception):
    """A fault of ours in a changing call, of which nobody can say how far it got; its cause is that fault."""


def tell(error: BaseException, *, as_json: bool) -> int:
    """The exit code for this error, which is told to whoever typed: as JSON on standard output if ``as_json``."""
    error = _alone(error)
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        print_interrupted("Interrupted.", as_json=as_json)
        return _INTERRUPTED
    if isinstance(error, OutputClosed):
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
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and not as_json:
        error.show(file=sys.stderr)
        return error.exit_code
    named, exit_code = _named(error)
    if as_json and not isinstance(error, OutputFailed):
        status = _STATUSES.get(exit_code, "failed")
        with suppress(OutputClosed, OutputFailed):
            print_json({"status": status, "message": named.message, "error": describe(named)})
            return exit_code
    complain(named.message, named)
    return exit_code


def _named(error: BaseException) -> tuple[ChatopsError, int]:
    if isinstance(error, click.ClickException):
        return _of_usage(error), error.exit_code
    if isinstance(error, ChatopsError):
        return error, _WRONG if isinstance(error, ConfigurationError) else _FAILED
    if isinstance(error, FaultInChange):
        return _logged(error.__cause__ or error, advice="Look at the phones before doing anything again. "), _UNKNOWN
    # One of the system's errors by its class, but nothing that the system has refused.
    if isinstance(error, TimeoutError):
        return _of_time(), _FAILED
    return (_of_system(error) if isinstance(error, OSError) else _logged(error)), _FAILED


def _of_usage(error: click.ClickException) -> UsageInvalid:
    context = error.ctx if isinstance(error, click.UsageError) else None
    help_at = f"{context.command_path if context is not None else 'chatops'} --help"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return UsageInvalid("A command is missing.", next_step=f"Choose one: {help_at}")
    message = error.format_message()
    if len(message) > _LONGEST:
        # What was typed stands in the middle: what it was for, and what is wrong with it, around it.
        message = f"{message[: _LONGEST // 2]} [...] {message[-_LONGEST // 4 :]}"
    return UsageInvalid(message, next_step=f"How it is used: {help_at}")


def _of_time() -> TimedOut:
    return TimedOut(
        "Something that was waited for did not come in time.",
        next_step="Try again. If it was a change, look first at what became of it: chatops operations list",
    )


def _of_system(error: OSError) -> SystemRefused:
    next_step = "Put right what the system complains of, and try again."
    if isinstance(error, OutputFailed):
        next_step = "The answer is lost; what was done is done. Send the output where it can be written."
    where = f" ({error.filename})" if error.filename else ""
    return SystemRefused(f"{error.strerror or 'The system refused it'}{where}.", next_step=next_step)


def _logged(error: BaseException, *, advice: str = "") -> InternalError:
    identifier = uuid.uuid4().hex[:12]
    cause = (type(error), error, error.__traceback__)
    try:
        file = _keep(logging.LogRecord(__name__, logging.ERROR, "", 0, f"unexpected error {identifier}", None, cause))
    except (ChatopsError, OSError):
        return InternalError(
            f"Something is wrong inside chatops, and could not be written down: {type(error).__name__}.",
            next_step=f"{advice}Make the state folder writable (CHATOPS_STATE_DIR) and try again: then errors.log in "
            "it says more. If it was a change, look first at what became of it: chatops operations list",
        )
    return InternalError(
        f"Something is wrong inside chatops (id {identifier}).",
        next_step=f"{advice}The details are in {file}, under this id; give them to whoever looks after chatops. "
        "If it was a change, look at what became of it: chatops operations list",
    )


def _keep(record: logging.LogRecord) -> Path:
    """The file of errors, for its owner's eyes only, in which the record now stands."""
    folder = load_settings().state_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "errors.log"
    text = logging.Formatter("%(asctime)s %(message)s").format(record)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
        os.fchmod(descriptor, 0o600)
        stream.write(f"{text}\n")
    return file
