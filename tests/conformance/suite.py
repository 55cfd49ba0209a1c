"""One run of the official conformance suite over a server, and what it found."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = 120
_RESULT = re.compile(r"server-(.+)-\d{4}-\d\d-\d\dT[\dZ-]+")
_ALWAYS = "wire-schema-"
"""Checks that every scenario gets, whatever it is about."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a scenario found: how many checks were kept, and what is said of each of the others."""

    kept: int
    problems: Mapping[str, str]

    @property
    def is_passed(self) -> bool:
        """Whether it tested something, and had nothing to say against it."""
        return self.kept > 0 and not self.problems


@dataclass(frozen=True, kw_only=True)
class Suite:
    """The program, and the Node that runs it."""

    node: Path
    program: Path

    def run(self, url: str, version: str, folder: Path) -> Mapping[str, Found]:
        """Every scenario of this version of the protocol; its exit code says nothing that its files do not."""
        about = ("server", "--url", url, "--suite", "all", "--spec-version", version, "-o", folder)
        done = subprocess.run(
            [self.node, self.program, *about],
            env={**os.environ, "HOME": str(folder)},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        found = {
            named[1]: _found(json.loads((each / "checks.json").read_text(encoding="utf-8")))
            for each in sorted(folder.iterdir())
            if (named := _RESULT.fullmatch(each.name))
        }
        assert found, done.stdout + done.stderr
        return found


def _found(checks: list[dict[str, Any]]) -> Found:
    """A warning is no pass. Neither is a check that was only told that there is no such tool."""
    problems = {
        each["id"]: str(each.get("errorMessage", each["status"]))
        for each in checks
        if each["status"] in {"FAILURE", "WARNING"} or "Unknown tool: " in json.dumps(each.get("details"))
    }
    kept = sum(each["status"] == "SUCCESS" and not each["id"].startswith(_ALWAYS) for each in checks)
    return Found(kept=kept, problems=problems)
