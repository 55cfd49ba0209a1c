"""Gates that are programs: ruff, mypy, import-linter and our own documentation check."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.gates import Report, empty_folders, existing_roots

BIN = Path(sys.executable).parent


def run(root: Path, command: Sequence[str]) -> tuple[bool, str]:
    """Whether the program succeeded, and all it wrote."""
    program = BIN / command[0]
    if not program.exists():
        return False, f"{command[0]} is not installed here"
    done = subprocess.run(
        [program, *command[1:]], cwd=root, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode == 0, done.stdout


def report(root: Path, command: Sequence[str], count: str, missing: Sequence[str] = ()) -> Report:
    """Runs the command; ``count`` is a pattern whose group is the number of files the program says it looked at."""
    succeeded, output = run(root, command)
    match = re.search(count, output)
    return Report(files=int(match[1]) if match else 0, findings=(*missing, *(() if succeeded else (output.strip(),))))


def ruff(root: Path, *command: str) -> Report:
    """Ruff says what was wrong but not how much it read, so it is asked for its files first."""
    roots = existing_roots(root)
    listed, files = run(root, ("ruff", "check", "--show-files", *roots))
    succeeded, output = run(root, ("ruff", *command, *roots))
    findings = (*empty_folders(root, roots), *(() if succeeded else (output.strip(),)))
    return Report(files=sum(map(bool, files.splitlines())) if listed else 0, findings=findings)


def check_lint(root: Path) -> Report:
    return ruff(root, "check", "--quiet")


def check_format(root: Path) -> Report:
    return ruff(root, "format", "--check", "--quiet")


def check_types(root: Path) -> Report:
    """Mypy, strict, over the product, its tests and its tools alike."""
    roots = existing_roots(root)
    return report(root, ("mypy", "--strict", *roots), r"(\d+) source files?", empty_folders(root, roots))


def check_layers(root: Path) -> Report:
    """The contracts are in pyproject.toml."""
    return report(root, ("lint-imports", "--no-logo", "--no-cache"), r"Analyzed (\d+) files?")


def check_documents(root: Path) -> Report:
    """The command says how many documents it compared, and which would change."""
    return report(root, ("chatops", "docs", "--check"), r"(\d+) (?:files?|documents?|pages?)")
