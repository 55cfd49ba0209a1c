import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatops.__main__ import foreign_packages


def test_our_own_packages_are_not_foreign() -> None:
    assert foreign_packages() == ()


def python(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATOPS_")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env={**environment, **more}, capture_output=True, text=True, check=False
    )


@pytest.mark.process
@pytest.mark.parametrize("name", ["tools", "prompts"])
def test_module_run_beside_a_foreign_package_is_refused_without_executing_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("print('executed')\n", encoding="utf-8")
    ended = python(tmp_path, "-m", "chatops", "--version")
    assert ended.returncode == 2
    assert f"Another package named {name}" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.process
def test_module_run_in_any_other_folder_works(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()  # a folder that is no package shadows nothing
    ended = python(tmp_path, "-m", "chatops", "--version")
    assert (ended.returncode, ended.stdout) == (0, "chatops 0.1.0\n")


@pytest.mark.process
@pytest.mark.parametrize("words", [["--version"], ["--help"], ["run", "--help"], ["completion", "zsh"]])
def test_nothing_heavy_is_imported_to_answer(tmp_path: Path, words: list[str]) -> None:
    program = (
        "import sys\n"
        "from chatops.cli import run\n"
        f"assert run({words!r}) == 0\n"
        "heavy = {'mcp', 'httpx2', 'starlette', 'uvicorn', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ended = python(tmp_path, "-c", program)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.process
def test_version_and_help_answer_without_a_declaration_being_read(tmp_path: Path) -> None:
    program = "import sys\nfrom chatops.cli import run\nrun(['--help'])\nassert 'pydantic' not in sys.modules\n"
    assert python(tmp_path, "-c", program).returncode == 0
