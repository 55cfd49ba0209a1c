"""``python -m tests.crash --runs 500 --seed 1``: kills processes in the middle of changing calls, and counts."""

import argparse
import json
import os
import sys
from pathlib import Path

from tests.crash.campaign import campaign
from tests.crash.course import course_of
from tests.crash.points import courses_of_every_point


def main() -> int:
    """Run, print, and say by the exit code whether everything held."""
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument("--runs", type=int, default=500, help="how many random runs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same runs")
    parser.add_argument("--only", type=int, help="the number of a run to repeat alone")
    parser.add_argument("--every-point", action="store_true", help="one run for each named point instead")
    parser.add_argument("--json", type=Path, help="write them here as well")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="how many runs at a time")
    given = parser.parse_args()
    numbers = range(given.runs) if given.only is None else (given.only,)
    random = (course_of(given.seed, number) for number in numbers)
    figures = campaign(courses_of_every_point() if given.every_point else random, at_once=given.at_once)
    sys.stdout.write(f"{figures.text()}\n{json.dumps(figures.document())}\n")
    if given.json is not None:
        given.json.write_text(json.dumps(figures.document(), indent=2), encoding="utf-8")
    return 1 if figures.failures else 0


sys.exit(main())
