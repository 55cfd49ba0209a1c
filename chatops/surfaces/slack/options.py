"""What follows a command of the door itself: options with a value, flags, and words by themselves."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chatops.surfaces.slack.asked import Misread, Unreadable, pointed_at
from chatops.surfaces.slack.tokens import Token, Unclosed, tokens

_SHOWN = 40


class Unread(Exception):
    """What was typed cannot be read; ``found`` says where, and shows a line that works."""

    def __init__(self, found: Misread) -> None:
        super().__init__(found.problem)
        self.found = found


@dataclass(frozen=True, kw_only=True)
class Given:
    """What was typed: values by the name of their option, flags, and words."""

    values: Mapping[str, str]
    flags: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What a command takes. ``example`` is a line that works, without the slash command in front of it."""

    example: str
    valued: Sequence[str] = ()
    flags: Sequence[str] = ()
    required: Sequence[str] = ()
    words: Sequence[str] = ()

    def read(self, name: str, rest: str, command: str) -> Given:
        """What was given; an option is written ``--name value``, ``--name=value`` or ``name=value``.

        Raises:
            Unread: something of it cannot be read; nothing is guessed.

        """
        line = f"{name} {rest}".rstrip()
        try:
            words = tokens(line)[len(name.split()) :]
            made = self._assigned(words)
            self._check(made, words[-1] if words else Token(text="", start=0, end=len(name)))
        except Unclosed as error:
            raise self._unread(command, line, str(error), error.start, error.start + 1) from None
        except Unreadable as error:
            raise self._unread(command, line, error.problem, error.start, error.end) from None
        return Given(values=made.values, flags=frozenset(made.flags), words=tuple(made.words))

    def _assigned(self, words: Sequence[Token]) -> "_Made":
        made, left = _Made(), iter(words)
        for token in left:
            is_option = token.text.startswith("--") and not token.quoted
            name, sign, value = token.text.removeprefix("--").partition("=")
            if is_option or (sign and name.lower() in self.valued):
                self._option(made, name.lower().replace("-", "_"), value if sign else None, token, left)
            elif sign and not token.quoted:
                raise Unreadable(self._unknown(name), token)
            elif len(made.words) == len(self.words):
                raise Unreadable("nothing takes this word; put quotes around a text with spaces", token)
            else:
                made.words.append(token.text)
        return made

    def _option(self, made: "_Made", name: str, value: str | None, token: Token, left: Iterator[Token]) -> None:
        if name in self.flags and value is None:
            made.flags.add(name)
            return
        if name not in self.valued:
            raise Unreadable(self._unknown(name), token)
        if value is None:
            following = next(left, None)
            value = "" if following is None else following.text
        if not value.strip():
            raise Unreadable(f"--{name} needs a value", token)
        if name in made.values:
            raise Unreadable(f"{name} stands there twice", token)
        made.values[name] = value

    def _check(self, made: "_Made", last: Token) -> None:
        lacking = [f"--{name}" for name in self.required if name not in made.values]
        lacking += self.words[len(made.words) :]
        if lacking:
            raise Unreadable(f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing", last)

    def _unknown(self, name: str) -> str:
        known = [*self.valued, *self.flags]
        close = difflib.get_close_matches(name, known, n=2)
        hint = f"did you mean {' or '.join(close)}?" if close else f"it takes {', '.join(known) or 'no options'}."
        return f"there is no option {name[:_SHOWN]!a}: {hint}"

    def _unread(self, command: str, line: str, problem: str, start: int, end: int) -> Unread:
        pointed = pointed_at(command, line, start, end)
        return Unread(Misread(problem=problem, pointed=pointed, example=f"{command} {self.example}"))


@dataclass(kw_only=True)
class _Made:
    values: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
