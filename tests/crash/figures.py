"""What many runs have come to, counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.crash.course import Course

_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Result:
    """One run: where processes were killed, and the report of the last one, None where there is none."""

    killed: tuple[str, ...]
    report: Mapping[str, Any] | None


@dataclass(kw_only=True)
class Figures:
    """The counts."""

    runs: int = 0
    kills: int = 0
    unharmed: int = 0
    killed_twice: int = 0
    received: int = 0
    duplicates: int = 0
    events: int = 0
    without_operation: int = 0
    points: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    verifications: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, course: Course, result: Result, log: str) -> None:
        """Count one run."""
        self.runs += 1
        self.kills += len(result.killed)
        self.unharmed += not result.killed
        self.killed_twice += len(result.killed) > 1
        self.points.update(result.killed)
        self.actions[course.action] += 1
        if result.report is None:
            self._fail(course, result, ("there is no report", log))
            return
        report = result.report
        self.received += report["received"]
        self.duplicates += report["duplicates"]
        self.events += report["events"]
        self.without_operation += not report["ends"]
        self.ends.update(report["ends"])
        self.verifications.update(report["verifications"])
        if report["problems"]:
            self._fail(course, result, (*report["problems"], log))

    def _fail(self, course: Course, result: Result, problems: tuple[str, ...]) -> None:
        shown = {**asdict(course), "arguments": str(course.arguments)[:200]}
        self.failures.append("\n  ".join([f"run {course.number}: {shown}, killed {result.killed}", *problems]))

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {**vars(self)}

    def text(self) -> str:
        """For a person."""
        lines = [
            f"{self.runs} runs, {self.kills} kills ({self.killed_twice} runs with two, {self.unharmed} with none)",
            f"{self.received} changing requests received, {self.duplicates} of them twice",
            f"{self.events} audit events, every chain verified" if not self.failures else f"{self.events} audit events",
            f"{self.without_operation} runs ended before anything was written down",
            _counted("killed", self.points),
            _counted("calls", self.actions),
            _counted("operations ended", self.ends),
            _counted("verification", self.verifications),
            f"{len(self.failures)} failures",
        ]
        return "\n".join([*lines, *self.failures[:_SHOWN]])


def _counted(what: str, counter: Counter[str]) -> str:
    return f"{what}: " + ", ".join(f"{name} {number}" for name, number in counter.most_common())
