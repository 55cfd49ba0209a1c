import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = ("help", "demo", "test", "check", "lock", "conformance", "crash", "bench", "clean")


@pytest.mark.process
def test_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"^  make ([a-z]+) - \S", shown, re.MULTILINE) == list(TARGETS)


def test_every_target_is_declared_to_be_no_file() -> None:
    assert re.search(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE)
    phony = re.findall(r"^\.PHONY: (.*)$", TEXT, re.MULTILINE)[0].split()
    assert set(phony) == set(TARGETS) == set(re.findall(r"^([a-z]+):", TEXT, re.MULTILINE))


@pytest.mark.parametrize("newer", ["&:", r"^\.ONESHELL", r"^\.SHELLFLAGS", r"\$\((file|let) ", r"^\w+ *(!|::)="])
def test_makefile_keeps_to_what_make_3_81_understands(newer: str) -> None:
    assert not re.search(newer, TEXT, re.MULTILINE)


@pytest.mark.process
@pytest.mark.parametrize("target", TARGETS)
def test_recipes_parse_without_being_run(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout
