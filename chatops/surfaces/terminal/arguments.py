"""The arguments of a call, from options, from phones that stand without one, and from --params."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
from pydantic import JsonValue

from chatops import values
from chatops.parameters import Kind, Parameter
from chatops.surfaces.terminal.sources import Sources

PARAMS = "--params"


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Raw arguments for the executor, and what a person should know about how they came together."""

    values: Mapping[str, JsonValue]
    notes: tuple[str, ...] = ()

    @property
    def phones(self) -> tuple[str, ...]:
        """The phones that are named, as they were named."""
        named = self.values.get("instance_ids")
        return tuple(dict.fromkeys(str(each) for each in named)) if isinstance(named, list) else ()


def gather(parameters: Sequence[Parameter], given: Mapping[str, object], source: str | None) -> Arguments:
    """Arguments from options by their names and from the text of --params; options win, and a note says so.

    Raises:
        click.UsageError: something cannot be read, or is not of its form.

    """
    sources = Sources()
    written = _object(source, sources) if source is not None else {}
    typed = {
        each.name: _value(each, given[each.name], sources)
        for each in parameters
        if given.get(each.name) not in (None, ())
    }
    notes = tuple(
        f"{_flag(parameters, name)} replaces {name} of {PARAMS}."
        for name, value in typed.items()
        if name in written and written[name] != value
    )
    return Arguments(values={**written, **typed}, notes=notes)


def _object(source: str, sources: Sources) -> dict[str, JsonValue]:
    try:
        written = values.read_json(sources.text(source, PARAMS))
    except ValueError as error:
        raise click.UsageError(f"{PARAMS}: {error}.") from None
    if not isinstance(written, dict):
        raise click.UsageError(f'{PARAMS} takes a JSON object, such as {{"region": "cn-north-7"}}.')
    return written


def _value(parameter: Parameter, given: object, sources: Sources) -> JsonValue:
    try:
        return _converted(parameter, given, sources)
    except ValueError as error:
        raise click.UsageError(f"{parameter.flag}: {error}.") from None


def _converted(parameter: Parameter, given: object, sources: Sources) -> JsonValue:
    if isinstance(given, tuple):
        texts = [str(each) for each in given]
        return values.words(texts) if parameter.kind is Kind.WORDS else values.records(texts)
    if parameter.kind is Kind.SECRET:
        return sources.secret(str(given), parameter.flag)
    if parameter.kind is Kind.RECORD:
        return values.record(str(given), parameter.parts)
    return given if isinstance(given, (bool, int, float)) else str(given)


def _flag(parameters: Sequence[Parameter], name: str) -> str:
    return next(each.flag for each in parameters if each.name == name)
