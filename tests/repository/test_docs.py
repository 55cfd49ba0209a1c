import re
from pathlib import Path

import pytest

from chatops import __version__
from chatops.control import every_action
from chatops.docs import error_kinds, stale_docs
from chatops.outcome import Outcome, Status
from chatops.roles import ROLE_NAMES
from chatops.settings import Settings, variable
from chatops.simulator import ACCESS_KEY, SECRET_KEY
from tools import load_actions

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = [each.name for each in (ROOT / "tests").iterdir() if each.is_dir() and each.name[:2] != "__"]
SIGNALLED = [129, 130, 141, 143]
ARCHITECTURE = (ROOT / "chatops" / "README.md").read_text(encoding="utf-8")


def test_generated_pages_are_current() -> None:
    assert stale_docs(ROOT) == []


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{variable(name)}`" in README


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_every_role_is_documented(role: str) -> None:
    assert f"| `{role}` |" in README


@pytest.mark.parametrize("code", [kind.code for kind in error_kinds()])
def test_every_error_code_is_documented(code: str) -> None:
    assert f"`{code}`" in ARCHITECTURE


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_documented_with_its_exit_code(status: Status) -> None:
    assert re.search(rf"\| `{status.value}` \| .+ \| \d \| (yes|no) \|", ARCHITECTURE)


@pytest.mark.parametrize("code", [*sorted({Outcome(status=each, message="").exit_code for each in Status}), *SIGNALLED])
def test_every_exit_code_is_documented(code: int) -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", README, re.MULTILINE)
    assert str(code) in ", ".join(rows).split(", ")
    if code in SIGNALLED:
        assert re.search(rf"\b{code}\b", ARCHITECTURE)


@pytest.mark.parametrize(
    "name",
    sorted(
        {each.stem for each in (ROOT / "chatops").iterdir() if each.name[:2] != "__" and each.suffix in ("", ".py")}
    ),
)
def test_every_module_is_in_the_table_of_layers(name: str) -> None:
    layers = ARCHITECTURE.split("## The layers")[1].split("## The life")[0]
    assert re.search(rf"`{name}\b", layers)


@pytest.mark.parametrize("name", list(every_action()))
def test_every_action_is_in_the_readme(name: str) -> None:
    page = "tools/README.md" if name in load_actions() else "chatops/control/README.md"
    assert f"[`{name}`]({page}#{name})" in README


def test_keys_of_the_simulator_are_those_it_knows() -> None:
    assert f"CHATOPS_CLOUD_ACCESS_KEY={ACCESS_KEY} CHATOPS_CLOUD_SECRET_KEY={SECRET_KEY}\n" in README


def test_changes_are_those_of_this_version() -> None:
    assert __version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted({*FOLDERS, "requirements.py"}))
def test_every_folder_of_the_tests_is_explained(name: str) -> None:
    assert f"| `{name}{'' if '.' in name else '/'}` |" in (ROOT / "tests" / "README.md").read_text(encoding="utf-8")


def pages() -> list[Path]:
    return [each for each in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(each.relative_to(ROOT).parts)]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_other_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_promise_names_tests_that_are_there() -> None:
    promises = ARCHITECTURE.split("## What we promise")[1].split("\n## ")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(tests/[\w/]+/test_\w+\.py)`", line.split(" | ")[-1]) for line in rows[1:]]
    assert len(named) >= 8
    assert all(named)
    assert [each for files in named for each in files if not (ROOT / each).is_file()] == []
