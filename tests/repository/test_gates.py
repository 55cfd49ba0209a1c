import io
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gates import Report
from tests.gates.__main__ import GATES, run_gates
from tests.gates.imports import check_imports
from tests.gates.suppressions import check_suppressions
from tests.gates.tree import check_tree

ROOT = Path(__file__).parents[2]
MACHINE = Path("/")


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.process
@pytest.mark.parametrize("name", sorted(set(GATES) - {"documents"}))
def test_gate_that_sees_no_file_fails(name: str, tmp_path: Path) -> None:
    assert not GATES[name](tmp_path).is_passed


@pytest.mark.process
def test_module_without_a_place_among_the_layers_fails(tmp_path: Path) -> None:
    for name in ("chatops", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert GATES["layers"](tmp_path).is_passed
    write(tmp_path, {"chatops/newcomer.py": '"""A module nobody has placed."""\n'})
    assert not GATES["layers"](tmp_path).is_passed


def test_document_command_that_counts_nothing_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path, {"chatops": "#!/bin/sh\necho all current\n"}).joinpath("chatops").chmod(0o755)
    monkeypatch.setattr("tests.gates.commands.BIN", tmp_path)
    assert GATES["documents"](tmp_path) == Report(files=0, findings=())


def test_every_gate_runs_and_tells_its_count_although_one_fails() -> None:
    seen = io.StringIO()
    gates = {
        "blind": lambda _: Report(files=0, findings=()),
        "strict": lambda _: Report(files=7, findings=("a.py:1: wrong",)),
        "content": lambda _: Report(files=3, findings=()),
    }
    assert not run_gates(Path(), gates, seen)
    lines = [line.split()[:4] for line in seen.getvalue().splitlines()]
    assert lines[0] == ["blind", "FAILED", "0", "files"]
    assert lines[2] == ["strict", "FAILED", "7", "files"]
    assert lines[4] == ["content", "ok", "3", "files"]
    assert seen.getvalue().endswith("Failed: blind, strict\n")


def test_gates_pass_when_all_saw_files_and_found_nothing() -> None:
    assert run_gates(Path(), {"content": lambda _: Report(files=3, findings=())}, io.StringIO())


@pytest.mark.parametrize(
    "line",
    [
        "import httpx2",
        "import socket",
        "from urllib import request",
        "from chatops import errors",
        "def late():\n    import yaml",
        "if TYPE_CHECKING:\n    import anyio",
    ],
)
def test_declarations_import_pydantic_and_the_quiet_part_of_the_standard_library_only(
    line: str, tmp_path: Path
) -> None:
    allowed = "import re\nfrom urllib.parse import urlsplit\nfrom pydantic import Field\nfrom tools._risk import Risk\n"
    tree = {"tools/good.py": allowed + "from . import good\n", "chatops/simulator/x.py": "import starlette\n"}
    assert check_imports(write(tmp_path, tree)).is_passed
    write(tmp_path, {"tools/bad.py": line + "\n"})
    assert len(check_imports(tmp_path).findings) == 1


@pytest.mark.parametrize("line", ["import tools", "from chatops.errors import X", "from .. import errors"])
def test_simulator_imports_nothing_of_ours_but_itself(line: str, tmp_path: Path) -> None:
    inside = "from . import x\nimport chatops.simulator.y\n"
    assert check_imports(write(tmp_path, {"tools/x.py": "\n", "chatops/simulator/good.py": inside})).is_passed
    write(tmp_path, {"chatops/simulator/bad.py": line + "\n"})
    assert len(check_imports(tmp_path).findings) == 1


@pytest.mark.parametrize(
    ("comment", "is_explained"),
    [
        ("# noqa: S603  # a fixed command", True),
        ("# noqa: S603, S607  # a fixed command", True),
        ("# type: ignore[arg-type]  # the stub is older than the package", True),
        ("# pragma: no cover  # only on macOS", True),
        ("# noqa: S603 - a fixed command", True),
        ("# noqa", False),
        ("# noqa: S603 -", False),
        ("# noqa: S603", False),
        ("# noqa: S603 a fixed command", False),
        ("# type: ignore  # because", False),
        ("# type: ignore[arg-type]", False),
        ("# ruff: noqa", False),
        ("# an ordinary comment", True),
    ],
)
def test_suppression_needs_a_code_and_a_reason(comment: str, *, is_explained: bool, tmp_path: Path) -> None:
    write(tmp_path, {"tools/x.py": f'TEXT = "# noqa"\nVALUE = 1  {comment}\n'})
    report = check_suppressions(tmp_path)
    assert report.files == 1
    assert report.is_passed is is_explained


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tools/uv.lock", ""),
        ("notes.txt", ""),
        ("docs/page.md", ""),
        ("README.md", "see " + str(MACHINE / "root" / "project")),
        ("tools/x.py", f"HERE = '{MACHINE / 'home' / 'somebody'}'"),
        ("requirements.lock", "--index" + "-url=x"),
        ("README.md", "https://py" + "pi.org/simple"),
        ("requirements.lock", "# https://files.python" + "hosted.org/packages"),
        ("tools/x.py", "'https://registry.npm" + "js.org/x'"),
    ],
)
def test_what_belongs_to_one_machine_or_nowhere_is_found(name: str, text: str, tmp_path: Path) -> None:
    write(tmp_path, {"README.md": "https://example.com/home/page ~/work/x\n", ".gitignore": "", "tools/y.py": ""})
    assert check_tree(tmp_path).is_passed
    assert len(check_tree(write(tmp_path, {name: text})).findings) == 1


@pytest.mark.process
def test_tree_is_what_git_would_keep(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    write(tmp_path, {".gitignore": "scratch.txt\n", "scratch.txt": "", "tools/x.py": "", "notes.txt": ""})
    report = check_tree(tmp_path)
    assert report.files == 3
    assert [finding.partition(":")[0] for finding in report.findings] == ["notes.txt"]
