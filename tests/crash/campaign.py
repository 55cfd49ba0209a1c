"""Many runs, each in processes forked from this one, which has loaded everything and opened nothing."""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import anyio

from tests.crash.acts import Scene, ask, load, simulate, take_over
from tests.crash.course import Course
from tests.crash.figures import Figures, Result
from tests.crash.knife import Knife

_LIMIT = 120
"""How many seconds a process of a run may take; more is a finding."""


def campaign(courses: Iterable[Course], *, at_once: int) -> Figures:
    """Run them all."""
    policy, figures = load(), Figures()
    folder = Path(tempfile.mkdtemp(prefix="crash-"))
    running: dict[int, Course] = {}
    try:
        for course in courses:
            if len(running) >= at_once:
                _collect(folder, running, figures)
            place = folder / str(course.number)
            place.mkdir(mode=0o700)
            scene = Scene(course=course, folder=place, policy=policy)
            running[_fork(partial(_run, scene), place / "log")] = course
        while running:
            _collect(folder, running, figures)
    finally:
        shutil.rmtree(folder)
    return figures


def _collect(folder: Path, running: dict[int, Course], figures: Figures) -> None:
    pid, _ = os.wait()
    course = running.pop(pid)
    place = folder / str(course.number)
    result = place / "result.json"
    document = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
    figures.add(course, Result(killed=tuple(document.get("killed", ())), report=document.get("report")), _log(place))
    shutil.rmtree(place)


def _log(place: Path) -> str:
    return (place / "log").read_text(encoding="utf-8", errors="replace")


def _fork(work: Callable[[], None], log: Path) -> int:
    """A process that does this, and nothing after it."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.alarm(_LIMIT)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), sys.stderr.fileno())
        work()
        code = 0
    except BaseException:  # noqa: BLE001  # whatever it is, it must not go on in the parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _run(scene: Scene) -> None:
    """One run: a simulator, the process that asks, and those that take over."""
    course, log = scene.course, scene.folder / "log"
    listening, ready = os.pipe()
    simulator = _fork(partial(anyio.run, simulate, scene, ready), log)
    os.close(ready)
    os.read(listening, 1)
    killed = []
    try:
        if _ends_killed(_fork(partial(anyio.run, ask, scene), log), course.first):
            killed.append(course.first.text)
        for knife in (course.second, Knife()):
            taking_over = partial(take_over, scene, knife, later=course.later)
            if not _ends_killed(_fork(partial(anyio.run, taking_over), log), knife):
                break
            killed.append(knife.text)
    finally:
        os.kill(simulator, signal.SIGKILL)
        os.waitpid(simulator, 0)
    report = scene.folder / "report.json"
    content = {"killed": killed, "report": json.loads(report.read_text(encoding="utf-8")) if report.exists() else None}
    (scene.folder / "result.json").write_text(json.dumps(content), encoding="utf-8")


def _ends_killed(pid: int, knife: Knife) -> bool:
    """Whether the process was killed; it has failed where it ended otherwise than well."""
    if knife.kind == "moment":
        time.sleep(knife.count / 1000)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"a process has ended with {code}")
    return code == -signal.SIGKILL
