import io
import sys

import pytest

from chatops.surfaces.terminal.streams import NoOutput, prepare_streams


def test_closed_streams_are_empty_and_output_that_is_closed_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    prepare_streams()
    with sys.stdin, sys.stderr:
        assert sys.stdin.read() == ""
        assert sys.stderr.write("nobody hears this")
    with pytest.raises(OSError, match="Closed"):
        sys.stdout.write("an answer")
    assert isinstance(sys.stdout, NoOutput)


def test_characters_that_a_terminal_lacks_are_written_as_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", screen)
    prepare_streams()
    screen.write("专")
    screen.seek(0)
    assert screen.buffer.read() == rb"\u4e13"
