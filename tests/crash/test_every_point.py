import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.knife import EVERY

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.process
def test_process_killed_at_every_named_point_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """In a process of its own: nothing may be forked from one with threads, as pytest's are. See ``make crash``."""
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.crash", "--every-point", "--json", str(figures)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text(encoding="utf-8"))
    assert set(found["points"]) == set(EVERY)
    assert (found["runs"], found["unharmed"], found["duplicates"]) == (len(EVERY), 0, 0)
