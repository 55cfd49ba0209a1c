"""chatops runbooks: what to do in a known situation, for people as for assistants."""

import click
from pydantic import JsonValue

from chatops.rendering import Shown
from chatops.runbooks import Runbook, load_runbooks
from chatops.surfaces.terminal.printing import print_json, print_table, write

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def runbooks_group() -> click.Group:
    """The group of commands; alone it lists."""

    @click.group("runbooks", help="What to do in a known situation, step by step.", invoke_without_command=True)
    @_JSON
    @click.pass_context
    def group(context: click.Context, *, as_json: bool) -> None:
        if context.invoked_subcommand is None:
            _list(as_json=as_json)

    @group.command("list")
    @_JSON
    def list_command(*, as_json: bool) -> None:
        """List them."""
        _list(as_json=as_json)

    @group.command("show")
    @click.argument("name")
    @_JSON
    def show_command(*, name: str, as_json: bool) -> None:
        """Print one. Words in capitals stand for what you know."""
        runbook = load_runbooks().get(name.replace("-", "_"))
        if runbook is None:
            raise click.UsageError(f"There is no runbook {name[:40]!a}. chatops runbooks lists them.")
        if as_json:
            data = {**_described(runbook), "text": runbook.text_with({})}
            print_json({"status": "done", "message": runbook.head.title, "data": data})
            return
        write(f"{runbook.head.title}\n\n{runbook.text_with({})}")

    return group


def _list(*, as_json: bool) -> None:
    runbooks = load_runbooks().values()
    message = f"{len(runbooks)} runbooks."
    if as_json:
        print_json(
            {"status": "done", "message": message, "data": {"runbooks": [_described(each) for each in runbooks]}}
        )
        return
    rows = tuple((each.name, each.head.description, ", ".join(each.arguments) or None) for each in runbooks)
    notes = ("chatops runbooks show NAME prints one.",)
    print_table(Shown(message=message, columns=("runbook", "when", "arguments"), rows=rows, notes=notes))


def _described(runbook: Runbook) -> dict[str, JsonValue]:
    head = runbook.head
    return {
        "name": head.name,
        "title": head.title,
        "description": head.description,
        "arguments": [each.model_dump(mode="json") for each in head.arguments],
        "reads": [*head.reads],
    }
