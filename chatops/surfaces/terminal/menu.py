"""All actions as commands of one group. Nothing is loaded before somebody asks for one."""

import difflib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from chatops.surfaces.terminal.commands import ActionCommand
    from chatops.surfaces.terminal.request import Request

_SUGGESTIONS = 3
_SHOWN = 40


class Menu(click.Group):
    """``chatops run``: every action by its name and by its word."""

    def __init__(self, carry_out: "Callable[[Request], int]") -> None:
        self._carry_out = carry_out
        super().__init__(
            "run",
            help="Run an action. ACTION is its name or its word; chatops run ACTION --help says what it takes.",
            short_help="Run an action.",
            subcommand_metavar="ACTION [ARGS]...",
            no_args_is_help=True,
        )

    @cached_property
    def by_name(self) -> "dict[str, ActionCommand]":
        """The command of each action."""
        from chatops.control import every_action  # noqa: PLC0415  # not needed for chatops --help
        from chatops.surfaces.terminal.commands import ActionCommand  # noqa: PLC0415  # not needed for chatops --help

        return {name: ActionCommand(action, self._carry_out) for name, action in every_action().items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names in alphabetical order."""
        return sorted(self.by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """The action of this name or word; dashes may stand for underscores."""
        words = {command.action.word: command for command in self.by_name.values()}
        name = cmd_name.replace("-", "_")
        before = {alias: command for command in self.by_name.values() for alias in command.action.aliases}
        return words.get(cmd_name) or self.by_name.get(name) or before.get(name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with suggestions over names and words.

        Raises:
            click.UsageError: there is no such action.

        """
        if ctx.resilient_parsing or args[0].startswith("-") or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        shown = ascii(args[0][:_SHOWN])
        close = self._close_to(args[0])
        hint = f"Did you mean {' or '.join(close)}?" if close else "chatops actions lists them."
        raise click.UsageError(f"There is no action {shown}. {hint}", ctx=ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names and words."""
        found = super().shell_complete(ctx, incomplete)
        words = [command for command in self.by_name.values() if command.action.word.startswith(incomplete)]
        return found + [CompletionItem(each.action.word, help=each.get_short_help_str()) for each in words]

    def _close_to(self, typed: str) -> list[str]:
        words = {command.action.word: f"{command.action.word} ({name})" for name, command in self.by_name.items()}
        names = {name: f"{command.action.word} ({name})" for name, command in self.by_name.items()}
        candidates = {**names, **words}
        close = difflib.get_close_matches(typed.lower().replace("-", "_"), candidates, n=_SUGGESTIONS)
        return list(dict.fromkeys(candidates[each] for each in close))
