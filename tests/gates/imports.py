"""Import rules that only an allow-list can say; the direction between our own modules is import-linter's.

An allow-list holds for packages nobody has thought of yet. Imports under TYPE_CHECKING and in functions count too.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.gates import Report, python_files

OURS = frozenset({"chatops", "tools", "prompts", "tests", "bench"})
# What does I/O or starts something; a declaration has no use for it.
DOING = frozenset(
    {
        "asyncio",
        "concurrent",
        "ctypes",
        "fcntl",
        "http",
        "multiprocessing",
        "os",
        "select",
        "shutil",
        "signal",
        "smtplib",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "urllib.request",
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """What the modules of one folder may import."""

    folder: str
    ours: frozenset[str]
    packages: frozenset[str] | None  # None: whatever is installed
    banned: frozenset[str] = frozenset()

    def permits(self, module: str) -> bool:
        top = module.partition(".")[0]
        if any(is_within(module, banned) for banned in self.banned):
            return False
        if top in OURS:
            return any(is_within(module, ours) for ours in self.ours)
        return self.packages is None or top in self.packages or top in sys.stdlib_module_names


RULES = (
    Allowed(folder="tools", ours=frozenset({"tools"}), packages=frozenset({"pydantic", "pydantic_core"}), banned=DOING),
    Allowed(folder="chatops/simulator", ours=frozenset({"chatops.simulator"}), packages=None),
)


def is_within(module: str, package: str) -> bool:
    """True for the package itself and everything below it."""
    return module == package or module.startswith(package + ".")


def imported_modules(path: Path, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line and full name of every imported module, relative imports resolved; ``package`` holds the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            # `from urllib import request` imports urllib.request; of a class the longer name does no harm.
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def check_imports(root: Path) -> Report:
    """``tools`` needs pydantic and the standard library; the simulator knows nothing of ours."""
    count = 0
    findings: list[str] = []
    for rule in RULES:
        files = python_files(root, rule.folder)
        count += len(files)
        findings += [] if files else [f"{rule.folder}/: no Python file here"]
        findings += [
            f"{path.relative_to(root)}:{line}: {rule.folder} may not import {module}"
            for path in files
            for line, module in imported_modules(path, path.parent.relative_to(root).parts)
            if not rule.permits(module)
        ]
    return Report(files=count, findings=tuple(findings))
