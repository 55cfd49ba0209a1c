"""Parameters as options with types, ranges, choices and defaults in their help."""

import click
from click.types import OptionHelpExtra

from chatops.parameters import Kind, Parameter

POSITIONAL = "positional"
_METAVARS = {Kind.TIME: "TIME", Kind.SECRET: "TEXT|@FILE|-", Kind.RECORDS: "JSON"}
_FORMS = {
    Kind.WORDS: "again and again, or with commas",
    Kind.SECRET: "@FILE or - keeps it out of the shell's history",
}


class ParameterOption(click.Option):
    """An option whose help says what the declaration says; whether anything is missing is the executor's to say."""

    def __init__(self, parameter: Parameter) -> None:
        name = f"{parameter.flag}/--no-{parameter.flag[2:]}" if parameter.kind is Kind.FLAG else parameter.flag
        super().__init__(
            [name, parameter.name],
            type=_type(parameter),
            multiple=parameter.kind in (Kind.WORDS, Kind.RECORDS),
            default=None,
            metavar="/".join(parameter.parts).upper() or _METAVARS.get(parameter.kind),
            help="; ".join(part for part in (parameter.description, _FORMS.get(parameter.kind)) if part),
        )
        self._parameter = parameter

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Range, default and need, as click shows them."""
        extra = super().get_help_extra(ctx)
        if self._parameter.required:
            extra["required"] = "required"
        if (default := self._parameter.shown_default) is not None:
            extra["default"] = default
        return extra


def options_of(parameters: tuple[Parameter, ...]) -> list[click.Parameter]:
    """One option for each parameter."""
    return [ParameterOption(parameter) for parameter in parameters]


def argument_for(place: Parameter) -> click.Argument:
    """The phones, the phone or the task, without an option in front of it."""
    many = place.kind is Kind.WORDS
    return click.Argument(
        [POSITIONAL], nargs=-1 if many else 1, required=False, metavar=f"[{place.name.upper()}{'...' if many else ''}]"
    )


def own_options() -> list[click.Parameter]:
    """What every action takes besides its params."""
    return [
        click.Option(
            ["--params", "source"], metavar="JSON|@FILE|-", help="Params as one JSON object; options win over it."
        ),
        click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON object and nothing else."),
        click.Option(
            ["--yes"], is_flag=True, help="Say yes to the plan, where no number or name has to be typed for it."
        ),
        click.Option(["--plan"], is_flag=True, help="Show what would happen, and do nothing."),
        click.Option(["--no-wait"], is_flag=True, help="Do not wait until the phones have been looked at."),
        click.Option(["--reveal"], is_flag=True, help="Show secrets in the answer, at a terminal only."),
    ]


def _type(parameter: Parameter) -> click.ParamType[object] | None:
    if parameter.kind is Kind.CHOICE:
        return click.Choice(parameter.choices)
    if parameter.kind is Kind.INTEGER:
        return click.IntRange(_whole(parameter.least), _whole(parameter.most))
    if parameter.kind is Kind.NUMBER:
        least = parameter.above if parameter.least is None else parameter.least
        return click.FloatRange(least, parameter.most, min_open=parameter.above is not None)
    return None if parameter.kind is Kind.FLAG else click.STRING


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
