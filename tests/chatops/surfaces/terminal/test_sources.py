import io
from pathlib import Path

import click
import pytest

from chatops.surfaces.terminal.sources import Sources


def test_file_and_standard_input_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "params.json"
    file.write_text("{}\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("https://example.com/?Signature=1\n"))
    sources = Sources()
    assert sources.text(f"@{file}", "--params") == "{}\n"
    assert sources.text("plain", "--params") == "plain"
    assert sources.secret("-", "--link") == "https://example.com/?Signature=1"


def test_standard_input_is_read_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    sources = Sources()
    sources.text("-", "--params")
    with pytest.raises(click.UsageError, match="--params and --link cannot both read standard input"):
        sources.secret("-", "--link")


def test_what_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    binary, large = tmp_path / "binary", tmp_path / "large"
    binary.write_bytes(b"\xff\xfe")
    large.write_text("x" * (1024 * 1024 + 1), encoding="utf-8")
    for name, said in [
        (tmp_path / "missing", "No such file"),
        (tmp_path, "directory"),
        (binary, "no UTF-8 text"),
        (large, "at most"),
        (Path("nul\0"), "no file name"),
    ]:
        with pytest.raises(click.UsageError, match=said):
            Sources().text(f"@{name}", "--params")


def test_binary_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8"))
    with pytest.raises(click.UsageError, match="cannot be read as text"):
        Sources().text("-", "--params")
