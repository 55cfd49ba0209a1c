"""One runbook: its text with values put into it, and what is read first."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from chatops.errors import InvalidParams
from chatops.positions import Document
from chatops.runbooks.arguments import Argument, Sentence, Word
from chatops.runbooks.notation import GAP, WrittenCall
from tools import clean_text

_SHOWN = 64


class FrontMatter(BaseModel):
    """What stands above the text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Word
    title: Sentence
    description: Sentence
    arguments: tuple[Argument, ...] = ()
    reads: tuple[Sentence, ...] = Field(default=(), max_length=6)


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """``reads`` are run first for whoever fetches it, ``steps`` are the calls that its text names.

    ``first`` is the line on which the text begins.
    """

    document: Document
    head: FrontMatter
    text: str
    first: int
    reads: tuple[WrittenCall, ...]
    steps: tuple[WrittenCall, ...]

    @property
    def name(self) -> str:
        """The name, which is also that of its file."""
        return self.head.name

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """What is asked for, by name."""
        return {each.name: each for each in self.head.arguments}

    def values(self, given: Mapping[str, str]) -> dict[str, str]:
        """The arguments that somebody gave; an empty one counts as not given.

        Raises:
            InvalidParams: one is unknown, missing, or not of its kind.

        """
        unknown = [clean_text(name, limit=_SHOWN, lines=False) for name in given if name not in self.arguments]
        problems = [f"unknown argument {name!r}" for name in unknown]
        values: dict[str, str] = {}
        for name, argument in self.arguments.items():
            text = given.get(name, "").strip()
            if problem := argument.problem_of(text) if text else ("it is missing" if argument.required else None):
                problems.append(f"{name}: {problem}")
            elif text:
                values[name] = clean_text(text, limit=len(text), lines=False)
        if problems:
            names = ", ".join(self.arguments) or "none"
            raise InvalidParams(f"{self.name}: {'; '.join(problems)}.", next_step=f"Valid arguments: {names}.")
        return values

    def text_with(self, values: Mapping[str, str]) -> str:
        """The text with these values; what was not given stands there as a word in capitals."""
        return GAP.sub(lambda gap: values.get(gap[1], gap[1].upper()), self.text)

    def reads_with(self, values: Mapping[str, str]) -> tuple[WrittenCall, ...]:
        """What is read first."""
        return tuple(each.filled(values) for each in self.reads)
