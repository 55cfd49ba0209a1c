"""Two ways to use the command line: within the test, and at a real terminal."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatops.cli import run
from tests.chatops.surfaces.terminal.keyboard import Keyboard


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str


Chatops = Callable[..., Ended]
AtTerminal = Callable[..., Keyboard]


@pytest.fixture
def chatops(environment: Mapping[str, str], capsys: pytest.CaptureFixture[str]) -> Chatops:
    """Run a command line in this process, with pipes."""

    def command(*words: str) -> Ended:
        capsys.readouterr()
        code = run(words)
        out, err = capsys.readouterr()
        return Ended(code=code, out=out, err=err)

    return command


@pytest.fixture
def at_terminal(environment: Mapping[str, str], tmp_path: Path) -> Iterator[AtTerminal]:
    """Run a command line at a terminal of its own."""
    with ExitStack() as opened:

        def command(
            *words: str,
            person: str = "alice",
            columns: int = 100,
            piped_output: bool = False,
            piped_input: bool = False,
        ) -> Keyboard:
            keyboard = Keyboard(
                words,
                {**environment, "CHATOPS_AS": person},
                tmp_path,
                columns=columns,
                piped_output=piped_output,
                piped_input=piped_input,
            )
            opened.enter_context(closing(keyboard))
            return keyboard

        yield command
