"""The command line. Each command imports what it needs when it runs, so that help and version answer at once."""

# ruff: noqa: PLC0415 - see above; only click is needed to know the commands

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chatops import __version__
from chatops.sandbox import demo_command, simulate_command
from chatops.surfaces.terminal.lazy import RECORDS, LazyCommand
from chatops.surfaces.terminal.menu import Menu
from chatops.surfaces.terminal.streams import prepare_streams

if TYPE_CHECKING:
    from chatops.executor import Executor
    from chatops.principal import Principal
    from chatops.service import Records, Service
    from chatops.surfaces.terminal.request import Request

_NAME = "chatops"
_STALE = 1
_SHOWN = 40
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def run(arguments: Sequence[str]) -> int:
    """The exit code of this command line; everything that goes wrong is told."""
    prepare_streams()
    words = list(arguments)
    try:
        _check_words(words)
        return int(commands.main(words, prog_name=_NAME, standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the one place of this door, which logs as well
        from chatops.surfaces.terminal.failures import tell

        if isinstance(error, click.UsageError) and words[:1] == ["run"] and len(words) > 1:
            _write_down(words, error)
        return tell(error, as_json="--json" in words[: words.index("--") if "--" in words else None])


def _write_down(words: Sequence[str], error: click.UsageError) -> None:
    """A call that ended at its command line is in the audit, like one that was refused later."""
    import anyio

    from chatops.app import admitted, load_configuration, write_down
    from chatops.errors import ConfigurationError
    from chatops.principal import Surface
    from chatops.surfaces.terminal.misuse import misuse_event

    with suppress(ConfigurationError):
        configuration = load_configuration()
        principal = anyio.run(admitted, configuration, Surface.TERMINAL)
        anyio.run(write_down, configuration, misuse_event(words, error, principal))


def _check_words(words: Sequence[str]) -> None:
    """Words that are no text would be refused much later, and less clearly."""
    for number, word in enumerate(words, start=1):
        if not word.isascii() and word != word.encode("utf-8", "replace").decode():
            raise click.UsageError(f"Word {number} of the command line is no UTF-8 text: {word[:_SHOWN]!a}.")


@click.group(name=_NAME, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=_NAME, message="%(prog)s %(version)s")
def commands() -> None:
    """Cloud phones of CloudDevice: typed, permission-checked, audited actions.

    Exit codes: 0 done or accepted, 1 failed, only partly done, or taken and then not seen to have come about, 2 wrong
    arguments or configuration, 3 refused, declined, expired or cancelled, 4 another person has to approve it, 5 unknown
    whether it was done; 129, 130 or 143 interrupted, 141 nobody read the answer.
    """


@commands.command("actions")
@_JSON
def actions_command(*, as_json: bool) -> None:
    """List what you may do."""
    import anyio

    from chatops.app import admitted, load_configuration
    from chatops.control import every_action
    from chatops.principal import Surface
    from chatops.surfaces.terminal.catalogue import print_catalogue

    principal = anyio.run(admitted, load_configuration(), Surface.TERMINAL)
    print_catalogue(principal, every_action(), as_json=as_json)


def _carry_out(request: "Request") -> int:
    from chatops.surfaces.terminal.calling import carry_out

    return carry_out(request, _opened)


@asynccontextmanager
async def _opened() -> "AsyncIterator[tuple[Executor, Principal]]":
    from chatops.app import admitted, load_configuration, open_executor
    from chatops.principal import Surface
    from chatops.surfaces.terminal.failures import news_told

    configuration = load_configuration()
    principal = await admitted(configuration, Surface.TERMINAL)
    with news_told():
        async with open_executor(configuration) as executor:
            yield executor, principal


@asynccontextmanager
async def _service() -> "AsyncIterator[tuple[Service, Principal]]":
    from chatops.app import admitted, load_configuration, open_app
    from chatops.principal import Surface
    from chatops.surfaces.terminal.failures import news_told

    configuration = load_configuration()
    principal = await admitted(configuration, Surface.TERMINAL)
    with news_told():
        async with open_app(configuration) as service:
            yield service, principal


@asynccontextmanager
async def _records() -> "AsyncIterator[tuple[Records, Principal]]":
    from chatops.app import admitted, load_configuration, open_records
    from chatops.principal import Surface

    configuration = load_configuration()
    principal = await admitted(configuration, Surface.TERMINAL)
    async with open_records(configuration) as records:
        yield records, principal


commands.add_command(Menu(_carry_out))
for _name, _help in RECORDS.items():
    commands.add_command(LazyCommand(_name, _help, _records, _service))


@commands.command("init")
@_JSON
def init_command(*, as_json: bool) -> None:
    """Write a commented team file with you as operator."""
    from chatops.identity import account_name
    from chatops.settings import load_settings
    from chatops.starter import write_team_file
    from chatops.surfaces.terminal.printing import print_json, write

    file = load_settings().team_file
    account = account_name()
    write_team_file(file, account)
    message = f"Wrote {file}: {account} is an operator."
    if as_json:
        print_json({"status": "done", "message": message, "data": {"team_file": str(file), "account": account}})
        return
    write(
        f"{message}\n\n"
        "Next, tell who you are to the CloudDevice API, in the environment:\n"
        "  CHATOPS_CLOUD_ACCESS_KEY and CHATOPS_CLOUD_SECRET_KEY, or\n"
        "  CHATOPS_CLOUD_USERNAME, CHATOPS_CLOUD_PASSWORD and CHATOPS_CLOUD_DOMAIN.\n"
        "Then look at what you may do: chatops actions\n"
    )


@commands.command("mcp")
def mcp_command() -> None:
    """Serve an AI assistant: MCP over standard input and output."""
    import anyio

    from chatops.app import admitted, load_configuration, open_executor
    from chatops.principal import Surface
    from chatops.surfaces.mcp import serve_stdio

    configuration = load_configuration()
    # Nobody the team file knows: better said now than with the first call.
    anyio.run(admitted, configuration, Surface.MCP)
    anyio.run(
        serve_stdio, partial(open_executor, configuration, reloads=True), partial(configuration.principal, Surface.MCP)
    )


@commands.command("serve")
def serve_command() -> None:
    """Serve a team: MCP over HTTP, for everybody whom the team file gives a way to say who they are; and Slack."""
    import anyio

    from chatops.app import load_configuration, open_lasting
    from chatops.serving import serve

    configuration = load_configuration(serving=True)
    anyio.run(serve, partial(open_lasting, configuration), configuration.settings)


@commands.group("slack")
def slack_group() -> None:
    """The Slack app of a team."""


@slack_group.command("manifest")
@click.option("--http", "over_http", is_flag=True, help="Slack sends requests to CHATOPS_PUBLIC_URL.")
def slack_manifest_command(*, over_http: bool) -> None:
    """Print the manifest to make the app from, as JSON; by default the app asks for requests (Socket Mode)."""
    from chatops.addresses import origin_of
    from chatops.control import every_action
    from chatops.errors import ConfigurationError
    from chatops.settings import load_settings
    from chatops.surfaces.slack.manifest import manifest
    from chatops.surfaces.terminal.printing import print_json

    settings = load_settings()
    if over_http and settings.public_url is None:
        raise ConfigurationError(
            "Nothing says where Slack could send requests.", next_step="Set CHATOPS_PUBLIC_URL=https://HOST."
        )
    public = origin_of("CHATOPS_PUBLIC_URL", settings.public_url) if over_http and settings.public_url else None
    print_json(manifest(every_action(), settings.slack_command, public))


commands.add_command(simulate_command)
commands.add_command(demo_command)


@commands.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something is stale.")
@_JSON
def docs_command(*, check: bool, as_json: bool) -> int:
    """Write the generated pages of a source tree."""
    from chatops.docs import generated_files, stale_docs, write_docs
    from chatops.surfaces.terminal.printing import print_json, write

    root = Path(__file__).resolve().parent.parent
    if not (root / "pyproject.toml").is_file():
        raise click.UsageError("Generated pages belong to a source tree; this is an installed package.")
    changed = [str(file.relative_to(root)) for file in (stale_docs(root) if check else write_docs(root))]
    said, is_wrong = "stale" if check else "written", check and bool(changed)
    message = f"{len(generated_files(root))} pages looked at, {len(changed)} {said}."
    if as_json:
        print_json({"status": "failed" if is_wrong else "done", "message": message, "data": {said: [*changed]}})
    else:
        write("".join(f"{said}: {file}\n" for file in changed) + f"{message}\n")
    return _STALE if is_wrong else 0


@commands.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print a completion script; eval "$(chatops completion bash)" switches it on."""
    from click.shell_completion import get_completion_class

    from chatops.surfaces.terminal.printing import write

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click knows each of the choices
    write(kind(commands, {}, _NAME, f"_{_NAME.upper()}_COMPLETE").source() + "\n")
