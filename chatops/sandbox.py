"""Trying it out without an account: the simulator alone, and the story that plays against it."""

# ruff: noqa: PLC0415 - help answers at once; each command imports what it needs when it runs

import errno
import sys
from functools import partial
from pathlib import Path
from typing import Literal

import click


@click.command("simulate")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes any free one.", show_default=True)
@click.option("--phones", type=int, default=200, help="Up to a hundred thousand.", show_default=True)
@click.option("--seed", type=int, default=1, help="The same seed gives the same fleet.", show_default=True)
@click.option(
    "--speed",
    type=float,
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
    from chatops.errors import ConfigurationError

    try:
        settings = simulator.SimulatorSettings(phones=phones, seed=seed, speed=speed, dialect=dialect, faults=faults)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from error
    try:
        simulator.run(settings, port=port, listening=_tell_how_to_reach)
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        raise ConfigurationError(
            f"Port {port} cannot be had: {error.strerror}.",
            next_step="Name another one with --port, or leave it out: then any free one is taken.",
        ) from error


def _tell_how_to_reach(url: str) -> None:
    """Lines to copy into another terminal."""
    from chatops import simulator

    variables = {
        "ENDPOINT": url,
        "IAM_ENDPOINT": url,
        "ACCESS_KEY": simulator.ACCESS_KEY,
        "SECRET_KEY": simulator.SECRET_KEY,
    }
    lines = [f"export CHATOPS_CLOUD_{name}={value}\n" for name, value in variables.items()]
    sys.stderr.write("".join(["In another terminal, before any other chatops command:\n", *lines]))
    sys.stderr.flush()


@click.command("demo")
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
