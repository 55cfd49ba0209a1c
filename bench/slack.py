"""How late commands of Slack are acknowledged when 200 come at the same moment, and how many are late or lost.

Run: .venv/bin/python bench/slack.py [ROUNDS]
chatops serve runs in a process of its own, with flows that say in the channel what they were asked; Slack is the fake
of the tests. Late is what was not acknowledged in three seconds; lost is what was acknowledged and never answered.
"""

# ruff: noqa: E402 - the folder of this file holds an mcp.py as well, which must not stand in for the package

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import anyio

from chatops.simulator import SimulatorSettings, serve
from tests.chatops.slack_served import saying_command
from tests.chatops.surfaces.mcp.served import Served, environment_of, start
from tests.slack.answers import Answer
from tests.slack.fake import FakeSlack, fake_slack

AT_ONCE = 200
ROUNDS = 5
PATIENCE = 120.0
TEAM = 'people: {alice: {roles: [operator], slack: ["T01:U0ALICE"]}}\n'


@contextmanager
def served(slack: FakeSlack, cloud: str, way: str) -> Iterator[Served]:
    """The service, told of this Slack."""
    app = slack.application
    token = {"SLACK_APP_TOKEN": app.app_token} if way == "socket" else {"SLACK_SIGNING_SECRET": app.signing_secret}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chatops.yaml").write_text(TEAM, encoding="utf-8")
        more = {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_API_URL": slack.api_url, **token}
        with start(environment_of(folder, cloud, **more), saying_command()) as running:
            yield running


async def reached(slack: FakeSlack, running: Served, way: str) -> None:
    """Wait until requests can come in."""
    while running.client.get(f"{running.url}/readyz").json()["slack"] != "ok":  # noqa: ASYNC110  # it tells nobody
        await anyio.sleep(0.05)
    if way == "http":
        slack.delivers_to(f"{running.url}/slack/events")


async def asked(slack: FakeSlack, first: int) -> dict[str, Answer]:
    """200 commands at the same moment."""
    answers: dict[str, Answer] = {}

    async def types(text: str) -> None:
        answers[text] = await slack.person("U0ALICE").types("/phone", text)

    async with anyio.create_task_group() as tasks:
        for number in range(first, first + AT_ONCE):
            tasks.start_soon(types, f"list {number}")
    return answers


async def answered(slack: FakeSlack, wanted: set[str]) -> set[str]:
    """Those of them that were answered in the channel."""
    limit = time.monotonic() + PATIENCE
    while True:
        said = {each.seen.partition(": ")[2].partition(",")[0] for each in slack.messages_in("C0OPS")}
        if wanted <= said or time.monotonic() > limit:
            return said
        await anyio.sleep(0.2)


async def measure(way: str, rounds: int) -> None:
    """Print the figures of one way in."""
    took: list[float] = []
    late = lost = wrong = 0
    async with serve(SimulatorSettings(phones=60)) as cloud, fake_slack() as slack:
        slack.channel("C0OPS")
        slack.person("U0ALICE").joins("C0OPS")
        with served(slack, cloud.url, way) as running:
            await reached(slack, running, way)
            for number in range(rounds):
                answers = await asked(slack, number * AT_ONCE)
                good = {text for text, answer in answers.items() if answer.is_ok}
                took += [answer.took for answer in answers.values() if answer.is_ok]
                said = await answered(slack, good)
                late += len(answers) - len(good)
                lost += len(good - said)
                wrong += len(said & (set(answers) - good))
        slack.complaints.clear()
    figures = f"p50 {median(took):.3f} s, p99 {quantiles(took, n=100)[98]:.3f} s, worst {max(took):.3f} s"
    sys.stdout.write(f"{way}: {figures}; {late} late, {lost} lost, {wrong} run after Slack was told they failed\n")


async def main() -> None:
    """Both ways in, one after the other."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    sys.stdout.write(f"{rounds} times {AT_ONCE} commands at the same moment\n")
    for way in ("socket", "http"):
        await measure(way, rounds)


if __name__ == "__main__":
    anyio.run(main)
