"""Runs every gate, says what each looked at, and fails when one found something or saw nothing."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from tests.gates import Report
from tests.gates.commands import check_documents, check_format, check_layers, check_lint, check_types
from tests.gates.imports import check_imports
from tests.gates.sizes import check_sizes
from tests.gates.suppressions import check_suppressions
from tests.gates.tree import check_tree

GATES: Mapping[str, Callable[[Path], Report]] = {
    "lint": check_lint,
    "format": check_format,
    "sizes": check_sizes,
    "suppressions": check_suppressions,
    "imports": check_imports,
    "layers": check_layers,
    "tree": check_tree,
    "types": check_types,
    "documents": check_documents,
}


def run_gates(root: Path, gates: Mapping[str, Callable[[Path], Report]], output: TextIO) -> bool:
    """True when all passed; all run, so that one try shows everything there is to mend."""
    failed: list[str] = []
    for name, gate in gates.items():
        started = time.monotonic()
        report = gate(root)
        verdict = "ok" if report.is_passed else "FAILED"
        output.write(f"{name:<13} {verdict:<7} {report.files:>4} files  {time.monotonic() - started:5.1f} s\n")
        output.writelines(f"{finding}\n" for finding in report.findings)
        if report.files == 0:
            output.write(f"{name} looked at no file at all, so it proves nothing\n")
        if not report.is_passed:
            failed.append(name)
        output.flush()
    output.write(f"Failed: {', '.join(failed)}\n" if failed else f"All {len(gates)} gates passed\n")
    return not failed


if __name__ == "__main__":
    sys.exit(0 if run_gates(Path.cwd(), GATES, sys.stdout) else 1)
