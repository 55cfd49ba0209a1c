import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.compile(r"[a-z0-9-]+==\S+(?: ; .+)?")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(lock: str) -> list[tuple[Requirement, int]]:
    """Requirements of a lock, each with the number of its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[tuple[Requirement, int]] = []
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+(?=--hash)", line.strip())
        assert PINNED.fullmatch(requirement), requirement
        assert all(map(HASH.fullmatch, hashes)), line
        found.append((Requirement(requirement), len(hashes)))
    return found


def group(name: str) -> list[str]:
    """Requirements of a dependency group, groups it includes being resolved."""
    entries: list[str | dict[str, str]] = PYPROJECT["dependency-groups"][name]
    return [text for e in entries for text in ([e] if isinstance(e, str) else group(e["include-group"]))]


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_a_version_and_hashes(lock: str) -> None:
    requirements = locked(lock)
    assert len(requirements) > 30
    assert [str(requirement) for requirement, hashes in requirements if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_its_command_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "#    make lock\n" in text[:200]
    assert re.findall(r"\S*(?:://|-url|find-links| -e |@ )\S*", text) == []


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        ("requirements.lock", [*PYPROJECT["project"]["dependencies"], *group("build"), *group("platforms")]),
        ("requirements-dev.lock", [*PYPROJECT["project"]["dependencies"], *group("dev")]),
    ],
)
def test_what_the_project_asks_for_is_locked_and_fits(lock: str, asked: list[str]) -> None:
    versions = {
        canonicalize_name(requirement.name): next(iter(requirement.specifier)).version
        for requirement, _ in locked(lock)
        if requirement.marker is None or requirement.marker.evaluate()
    }
    wanted = [r for r in map(Requirement, asked) if r.marker is None or r.marker.evaluate()]
    assert [str(r) for r in wanted if not r.specifier.contains(versions[canonicalize_name(r.name)])] == []


def test_build_backend_is_locked_as_the_build_asks_for_it() -> None:
    assert set(PYPROJECT["build-system"]["requires"]) <= set(group("build"))


def test_development_lock_holds_the_runtime_lock_unchanged() -> None:
    """Tests must run what the demo runs, and going from one to the other must replace nothing."""
    runtime, development = ({str(requirement): count for requirement, count in locked(lock)} for lock in LOCKS)
    assert runtime.items() <= development.items()


@pytest.mark.parametrize("name", ["httpx2", "mcp", "pydantic"])
def test_tests_run_with_the_locked_version(name: str) -> None:
    assert f"{name}=={version(name)}" in [str(requirement).partition(";")[0] for requirement, _ in locked(LOCKS[1])]
