"""Suppressions say which rule they switch off and why: ``# noqa: S603  # a fixed command``."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.gates import Report, existing_roots, python_files

SUPPRESSION = re.compile(r"(?i)#\s*(?:type:\s*ignore|noqa|ruff:\s*noqa|pyright:\s*ignore|mypy:|fmt:\s*off|pragma:)")
EXPLAINED = re.compile(
    r"""\#\s*(?:
        (?:type|pyright):\s*ignore\[[\w, -]+\]
        | (?:ruff:\s*)?noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*
        | (?:mypy|fmt|pragma):\s*[\w \t=,-]+
    )\s+[\#-]\s*\S.*""",
    re.VERBOSE,
)


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and text of every comment; text inside strings is none."""
    with path.open("rb") as lines:
        for token in tokenize.tokenize(lines.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def check_suppressions(root: Path) -> Report:
    """Every comment that silences a tool has a code and, after a second ``#`` or a dash, a reason."""
    files = python_files(root, *existing_roots(root))
    findings = [
        f"{path.relative_to(root)}:{line}: needs the rule's code and a reason after a second '#' or a dash: {text}"
        for path in files
        for line, text in comments(path)
        if SUPPRESSION.search(text) and not EXPLAINED.search(text)
    ]
    return Report(files=len(files), findings=tuple(findings))
