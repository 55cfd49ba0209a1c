"""An action as a click command."""

from collections.abc import Callable
from typing import Any

import click

from chatops.parameters import Kind, Parameter, parameters_of, place_of
from chatops.surfaces.terminal.arguments import Arguments, gather
from chatops.surfaces.terminal.explaining import examples, explain
from chatops.surfaces.terminal.options import POSITIONAL, argument_for, options_of, own_options
from chatops.surfaces.terminal.request import Request
from tools import AnyAction


class ActionCommand(click.Command):
    """The command of one action; ``carry_out`` answers with the exit code."""

    def __init__(self, action: AnyAction, carry_out: Callable[[Request], int]) -> None:
        self.action = action
        self.parameters = parameters_of(action)
        self.place = place_of(self.parameters)
        self._carry_out = carry_out
        super().__init__(
            action.name,
            params=[
                *([argument_for(self.place)] if self.place else []),
                *options_of(self.parameters),
                *own_options(),
            ],
            help=explain(action),
            short_help=f"{action.summary} ({action.word}).",
            epilog=examples(action),
            callback=self._run,
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options may be spelt as params are: ``--user_id`` is ``--user-id``."""
        known = {name for each in self.params if isinstance(each, click.Option) for name in each.opts}
        end = args.index("--") if "--" in args else len(args)
        return super().parse_args(ctx, [_dashed(each, known) for each in args[:end]] + args[end:])

    def arguments(self, given: dict[str, Any]) -> Arguments:
        """The arguments that these parsed options stand for.

        Raises:
            click.UsageError: something cannot be read, is not of its form, or was given twice.

        """
        positional = given.get(POSITIONAL)
        if self.place is not None and positional not in (None, ()):
            given = {**given, self.place.name: _joined(self.place, given[self.place.name], positional)}
        return gather(self.parameters, given, given["source"])

    def _run(self, **given: Any) -> int:  # noqa: ANN401  # click passes whatever its types have made of the text
        arguments = self.arguments(given)
        return self._carry_out(
            Request(
                action=self.action,
                arguments=arguments,
                as_json=given["as_json"],
                yes=given["yes"],
                reveal=given["reveal"],
                plan=given["plan"],
                no_wait=given["no_wait"],
            )
        )


def _joined(place: Parameter, named: object, positional: object) -> object:
    if place.kind is Kind.WORDS and isinstance(named, tuple) and isinstance(positional, tuple):
        return (*named, *positional)
    if named is not None:
        raise click.UsageError(f"{place.name} is given twice: {place.flag} and {positional}.")
    return positional


def _dashed(word: str, known: set[str]) -> str:
    name, equals, value = word.partition("=")
    dashed = name.replace("_", "-")
    return dashed + equals + value if dashed in known else word
