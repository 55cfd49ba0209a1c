"""Commands about our own records, which load what they need when they are used: help and version answer at once."""

# ruff: noqa: PLC0415 - see above

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from chatops.surfaces.terminal.records.session import OpenRecords, OpenService

RECORDS = {
    "approvals": "Decide on what other people have asked for.",
    "operations": "Every changing call, and what became of it.",
    "freeze": "Stop every change at once.",
    "unfreeze": "Let changes go on.",
    "audit": "What happened, and that nobody has changed it.",
    "policy": "What may be done, and why.",
    "token": "Personal tokens, for MCP over HTTP.",
    "runbooks": "What to do in a known situation, step by step.",
    "pickup": "Pick up a secret that was left for you, once.",
}
Opened = Callable[[], AbstractAsyncContextManager[tuple[Any, Any]]]


class LazyCommand(click.Command):
    """Stands for the real command until it is used."""

    def __init__(self, name: str, text: str, records: "OpenRecords", service: "OpenService") -> None:
        super().__init__(name, help=text, add_help_option=False)
        self._records = records
        self._service = service

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  # click's own
    ) -> click.Context:
        """The context of the real command."""
        return self._real().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own
        """Run the real command."""
        return ctx.command.invoke(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """What the real command offers."""
        return self._real().shell_complete(ctx, incomplete)

    def _real(self) -> click.Command:
        from chatops.surfaces.terminal.records.approvals import approvals_group
        from chatops.surfaces.terminal.records.auditing import audit_group
        from chatops.surfaces.terminal.records.freezing import freeze_commands
        from chatops.surfaces.terminal.records.operations import operations_group
        from chatops.surfaces.terminal.records.picking import pickup_command
        from chatops.surfaces.terminal.records.ruling import policy_group
        from chatops.surfaces.terminal.records.tokens import token_group
        from chatops.surfaces.terminal.runbooks import runbooks_group

        freeze, unfreeze = freeze_commands(self._records, self._service)
        known: dict[str, click.Command] = {
            "approvals": approvals_group(self._records, self._service),
            "operations": operations_group(self._records, self._service),
            "freeze": freeze,
            "unfreeze": unfreeze,
            "audit": audit_group(self._records),
            "policy": policy_group(self._records, self._service),
            "token": token_group(),
            "runbooks": runbooks_group(),
            "pickup": pickup_command(self._records),
        }
        return known[self.name or ""]
