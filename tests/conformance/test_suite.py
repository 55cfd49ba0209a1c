"""The official conformance suite against our server over HTTP, in both eras of the protocol.

The baseline names each scenario that does not pass, and why. One that passes although it is named there is as wrong as
one that does not pass and is not named.
"""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatops.demo.stage import Stage
from tests.conformance.suite import Suite

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

BASELINE = tomllib.loads((Path(__file__).parent / "baseline.toml").read_text(encoding="utf-8"))
ROOT = Path(__file__).parents[2]


@contextmanager
def bare(stage: Stage, *words: str) -> Iterator[str]:
    """The address of our server without a gate, in a process of its own."""
    command = [sys.executable, "-m", "tests.conformance.bare", *words]
    with subprocess.Popen(command, cwd=ROOT, env=stage.environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.mark.parametrize("words", [(), ("fixtures",)], ids=["our actions", "fixtures"])
@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
def test_every_scenario_passes_but_those_of_the_baseline(
    suite: Suite,
    stage: Stage,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    version: str,
    words: tuple[str, ...],
) -> None:
    known = BASELINE[version]
    excused = {*known["never"], *known["partly"], *(() if words else known["with_fixtures"])}
    with bare(stage, *words) as url:
        found = suite.run(url, version, tmp_path)
    passed = {name: each.kept for name, each in found.items() if each.is_passed}
    with capsys.disabled():
        sys.stdout.write(
            f"\nconformance of {version}, {' '.join(words) or 'our actions'}: {len(passed)} of {len(found)} scenarios "
            f"pass with {sum(passed.values())} checks, {len(excused)} are in the baseline\n"
        )
    assert {name: each.problems for name, each in found.items() if not each.is_passed and name not in excused} == {}
    assert {name: sorted(found[name].problems) for name in known["partly"]} == known["partly"]
    assert excused & passed.keys() == set(), "these pass: take them out of the baseline"
    assert excused - found.keys() == set(), "these are no scenarios: take them out of the baseline"


@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
def test_every_entry_of_the_baseline_says_why(version: str) -> None:
    assert all(len(reason.split()) > 3 for reason in BASELINE[version]["never"].values())
