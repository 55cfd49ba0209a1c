"""What may lie in the tree: a fixed top level, no address of a registry, no path of the machine it was made on."""

import os
import re
import subprocess
from pathlib import Path

from tests.gates import OPTIONAL, REQUIRED, Report

TOP_LEVEL = frozenset(
    {
        *REQUIRED,
        *OPTIONAL,
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "PKG-INFO",  # in an unpacked source distribution
        "README.md",
        "pyproject.toml",
        "requirements.lock",
        "requirements-dev.lock",
    }
)
# A letter in brackets, so that the pattern does not find itself here.
_REGISTRIES = ("py[p]i", "pythonhost[e]d", "npm[j]s")
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.~/-])/(?:root|home|Users|work)/[\w.-]"),
    "the address of a package registry": re.compile(rf"\b(?:{'|'.join(_REGISTRIES)})\.(?:org|com)\b"),
    "an index or wheel folder given to an installer": re.compile(r"--(?:extra-index-url|index-url|find-links)[ =]\S"),
}
# Written by tools and ignored by git; only looked at where there is no git to ask.
GENERATED = frozenset({".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"})


def tree_files(root: Path) -> list[Path]:
    """Files in version control or about to be, relative to the root; in an unpacked archive, all but generated ones."""
    if not (root / ".git").exists():
        found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
        return sorted(path for path in found if not GENERATED & set(path.parts))
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listing = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    named = (Path(os.fsdecode(name)) for name in listing.split(b"\0") if name)
    return sorted(path for path in named if (root / path).is_file())


def findings_of(path: Path, content: bytes) -> list[str]:
    """Lines that tell where the file was made; a binary file has none."""
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        return []
    return [
        f"{path}:{number}: {what}: {match.group()}"
        for number, line in enumerate(lines, start=1)
        for what, pattern in FORBIDDEN.items()
        if (match := pattern.search(line))
    ]


def check_tree(root: Path) -> Report:
    """Nothing beside the agreed top level, no ``uv.lock``, nothing that only holds on one machine."""
    files = tree_files(root)
    findings: list[str] = []
    for path in files:
        top = path.parts[0]
        if top not in TOP_LEVEL and not top.startswith("."):
            findings.append(f"{path}: the top level holds {', '.join(sorted(TOP_LEVEL))} and dotfiles, nothing else")
        if path.name == "uv.lock":
            findings.append(f"{path}: names registries; requirements.lock and requirements-dev.lock are the locks")
        findings += findings_of(path, (root / path).read_bytes())
    return Report(files=len(files), findings=tuple(findings))
