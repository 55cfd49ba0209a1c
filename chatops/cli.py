"""The command line. Each command imports what it needs when it runs, so that help and version answer at once."""

# ruff: noqa: PLC0415 - see above; only click is needed to know the commands

import io
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from chatops import __version__
from chatops.surfaces.terminal.lazy import RECORDS, LazyCommand
from chatops.surfaces.terminal.menu import Menu

if TYPE_CHECKING:
    from chatops.executor import Executor
    from chatops.principal import Principal
    from chatops.service import Records, Service
    from chatops.surfaces.terminal.request import Request

_NAME = "chatops"
_STALE = 1


def run(arguments: Sequence[str]) -> int:
    """The exit code of this command line; everything that goes wrong is told."""
    _prepare_streams()
    words = list(arguments)
    try:
        return int(commands.main(words, prog_name=_NAME, standalone_mode=False) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the one place of this door, which logs as well
        from chatops.surfaces.terminal.failures import tell

        return tell(error, as_json="--json" in words[: words.index("--") if "--" in words else None])


@click.group(name=_NAME, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=_NAME, message="%(prog)s %(version)s")
def commands() -> None:
    """Cloud phones of CloudDevice: typed, permission-checked, audited actions.

    Exit codes: 0 done or accepted, 1 failed or only partly done, 2 wrong arguments or configuration, 3 refused,
    declined, expired or cancelled, 4 another person has to approve it, 5 unknown whether it was done.
    """


@commands.command("actions")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def actions_command(*, as_json: bool) -> None:
    """List what you may do."""
    from chatops.app import load_configuration
    from chatops.control import every_action
    from chatops.principal import Surface
    from chatops.surfaces.terminal.catalogue import print_catalogue

    principal = load_configuration().principal(Surface.TERMINAL)
    print_catalogue(principal, every_action(), as_json=as_json)


def _carry_out(request: "Request") -> int:
    from chatops.surfaces.terminal.calling import carry_out

    return carry_out(request, _opened)


@asynccontextmanager
async def _opened() -> "AsyncIterator[tuple[Executor, Principal]]":
    from chatops.app import load_configuration, open_executor
    from chatops.principal import Surface

    configuration = load_configuration()
    principal = configuration.principal(Surface.TERMINAL)
    async with open_executor(configuration) as executor:
        yield executor, principal


@asynccontextmanager
async def _service() -> "AsyncIterator[tuple[Service, Principal]]":
    from chatops.app import load_configuration, open_app
    from chatops.principal import Surface

    configuration = load_configuration()
    async with open_app(configuration) as service:
        yield service, configuration.principal(Surface.TERMINAL)


@asynccontextmanager
async def _records() -> "AsyncIterator[tuple[Records, Principal]]":
    from chatops.app import load_configuration, open_records
    from chatops.principal import Surface

    configuration = load_configuration()
    async with open_records(configuration) as records:
        yield records, configuration.principal(Surface.TERMINAL)


commands.add_command(Menu(_carry_out))
for _name, _help in RECORDS.items():
    commands.add_command(LazyCommand(_name, _help, _records, _service))


@commands.command("init")
def init_command() -> None:
    """Write a commented team file with you as operator."""
    from chatops.identity import account_name
    from chatops.settings import load_settings
    from chatops.starter import write_team_file
    from chatops.surfaces.terminal.printing import write

    file = load_settings().team_file
    account = account_name()
    write_team_file(file, account)
    write(
        f"Wrote {file}: {account} is an operator.\n\n"
        "Next, tell who you are to the CloudDevice API, in the environment:\n"
        "  CHATOPS_CLOUD_ACCESS_KEY and CHATOPS_CLOUD_SECRET_KEY, or\n"
        "  CHATOPS_CLOUD_USERNAME, CHATOPS_CLOUD_PASSWORD and CHATOPS_CLOUD_DOMAIN.\n"
        "Then look at what you may do: chatops actions\n"
    )


@commands.command("mcp")
def mcp_command() -> None:
    """Serve an AI assistant: MCP over standard input and output."""
    import anyio

    from chatops.app import load_configuration, open_executor
    from chatops.principal import Surface
    from chatops.surfaces.mcp import serve_stdio

    configuration = load_configuration()
    anyio.run(
        serve_stdio, partial(open_executor, configuration, reloads=True), partial(configuration.principal, Surface.MCP)
    )


@commands.command("simulate")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes any free one.", show_default=True)
@click.option("--phones", type=click.IntRange(0, 100_000), default=200, show_default=True)
@click.option("--seed", type=int, default=1, help="The same seed gives the same fleet.", show_default=True)
@click.option(
    "--speed",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    help="Reboots and the like take 1/speed of their time.",
    show_default=True,
)
@click.option(
    "--dialect",
    type=click.Choice(["table", "example"]),
    default="table",
    help="What to answer where the API reference contradicts itself.",
    show_default=True,
)
@click.option("--faults", is_flag=True, help="Open the admin routes that make things go wrong.")
def simulate_command(
    *, port: int, phones: int, seed: int, speed: float, dialect: Literal["table", "example"], faults: bool
) -> None:
    """Serve a stand-in for the CloudDevice API until it is stopped."""
    from chatops import simulator
    from chatops.surfaces.terminal.printing import note

    note(
        f"it knows CHATOPS_CLOUD_ACCESS_KEY={simulator.ACCESS_KEY} CHATOPS_CLOUD_SECRET_KEY={simulator.SECRET_KEY}; "
        "CHATOPS_CLOUD_ENDPOINT and CHATOPS_CLOUD_IAM_ENDPOINT are its address."
    )
    settings = simulator.SimulatorSettings(phones=phones, seed=seed, speed=speed, dialect=dialect, faults=faults)
    simulator.run(settings, port=port)


@commands.command("demo")
@click.option("--keep", is_flag=True, help="Stay up at the end, and say how to connect.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Save what was shown as an SVG.",
)
def demo_command(*, keep: bool, picture: Path | None) -> int:
    """Play an on-call story against a simulator; it needs nothing and leaves no trace."""
    import anyio

    from chatops.demo import play

    return anyio.run(partial(play, keep=keep, picture=picture))


@commands.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if something is stale.")
def docs_command(*, check: bool) -> int:
    """Write the generated pages of a source tree."""
    from chatops.docs import generated_files, stale_docs, write_docs
    from chatops.surfaces.terminal.printing import write

    root = Path(__file__).resolve().parent.parent
    if not (root / "pyproject.toml").is_file():
        raise click.UsageError("Generated pages belong to a source tree; this is an installed package.")
    changed = stale_docs(root) if check else write_docs(root)
    said = "stale" if check else "written"
    write("".join(f"{said}: {file.relative_to(root)}\n" for file in changed))
    write(f"{len(generated_files(root))} pages looked at, {len(changed)} {said}.\n")
    return _STALE if check and changed else 0


@commands.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> None:
    """Print a completion script; eval "$(chatops completion bash)" switches it on."""
    from click.shell_completion import get_completion_class

    from chatops.surfaces.terminal.printing import write

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  # click knows each of the choices
    write(kind(commands, {}, _NAME, f"_{_NAME.upper()}_COMPLETE").source() + "\n")


def _prepare_streams() -> None:
    """Closed streams become empty ones, and characters the terminal lacks are written as escapes."""
    # The type checker believes that they are always there; a parent may have closed them.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # lives as long as we
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
