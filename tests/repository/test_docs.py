import re
from pathlib import Path

import pytest

from chatops.control import every_action
from chatops.docs import error_kinds, stale_docs
from chatops.outcome import Status
from chatops.roles import ROLE_NAMES
from chatops.settings import Settings, variable
from tools import load_actions

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("name", list(every_action()))
def test_every_action_is_in_the_readme(name: str) -> None:
    page = "tools/README.md" if name in load_actions() else "chatops/control/README.md"
    assert f"[`{name}`]({page}#{name})" in README


def pages() -> list[Path]:
    return [each for each in ROOT.rglob("*.md") if not {".venv", "node_modules"} & set(each.relative_to(ROOT).parts)]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_other_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page}: {target}"
