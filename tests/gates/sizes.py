"""Size limits of modules and functions in ``tools`` and ``chatops``; complexity and statements are ruff's."""

import ast
from pathlib import Path
from statistics import median

from tests.gates import CODE, Report, python_files

MODULE_LINES = 300
MEDIAN_LINES = 90
FUNCTION_LINES = 50


def long_functions(path: Path, text: str) -> list[str]:
    """Functions longer than the limit, counted from ``def`` to the last line, docstring included."""
    return [
        f"{path}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]


def check_sizes(root: Path) -> Report:
    """Modules at most 300 lines, half of them at most 90, functions at most 50."""
    findings: list[str] = []
    lengths: list[int] = []
    for path in python_files(root, *CODE):
        text = path.read_text(encoding="utf-8")
        lengths.append(len(text.splitlines()))
        if lengths[-1] > MODULE_LINES:
            findings.append(f"{path.relative_to(root)}: {lengths[-1]} lines, more than {MODULE_LINES}")
        findings += long_functions(path.relative_to(root), text)
    if lengths and median(lengths) > MEDIAN_LINES:
        findings.append(f"{', '.join(CODE)}: the median module has {median(lengths):g} lines, more than {MEDIAN_LINES}")
    return Report(files=len(lengths), findings=tuple(findings))
