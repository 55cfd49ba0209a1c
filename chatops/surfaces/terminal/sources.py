"""Values that are not typed: from a file, from standard input, or at a hidden prompt."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click

_LIMIT = 1024 * 1024


@dataclass(kw_only=True)
class Sources:
    """Reads ``@FILE`` and ``-``; standard input can be read once only, so the second who asks is told."""

    reader: str | None = None

    def text(self, given: str, option: str) -> str:
        """What stands at ``@FILE`` or ``-``, otherwise what was given.

        Raises:
            click.UsageError: it cannot be read; the message never repeats it.

        """
        if given == "-":
            return self._standard_input(option)
        return _file(given[1:], option) if given.startswith("@") else given

    def secret(self, given: str, option: str) -> str:
        """As ``text``, without the line's end; ``-`` at a terminal asks and does not show what is typed."""
        if given == "-" and sys.stdin.isatty():
            answer: str = click.prompt(f"{option} (not shown)", hide_input=True, err=True)
            return answer.strip()
        return self.text(given, option).strip()

    def _standard_input(self, option: str) -> str:
        if self.reader is not None:
            raise click.UsageError(f"{self.reader} and {option} cannot both read standard input: use @FILE for one.")
        self.reader = option
        try:
            text = sys.stdin.read(_LIMIT + 1)
        except (OSError, UnicodeDecodeError) as error:
            raise click.UsageError(f"{option}: standard input cannot be read as text.") from error
        return _bounded(text, option)


def _file(name: str, option: str) -> str:
    try:
        with Path(name).open(encoding="utf-8") as file:
            text = file.read(_LIMIT + 1)
    except UnicodeDecodeError:
        raise click.UsageError(f"{option}: {name} is no UTF-8 text.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        raise click.UsageError(f"{option}: {name} cannot be read: {reason}.") from None
    return _bounded(text, option)


def _bounded(text: str, option: str) -> str:
    if len(text) > _LIMIT:
        raise click.UsageError(f"{option}: at most {_LIMIT} characters are taken.")
    return text
