import pytest

from tests.chatops.conftest import team
from tests.chatops.surfaces.slack.flows.conftest import CHANNEL, Stand
from tests.slack.faults import error

pytestmark = pytest.mark.anyio


async def test_what_is_shared_is_asked_for_anew_with_the_roles_of_that_moment(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    await alice.types("/phone", "list limit=3", channel=CHANNEL)
    shown = await slack.ephemeral_to("U0ALICE", containing="phones")
    stand.bench.reload(team(people={"alice": {"slack": ["T01:U0ALICE"]}}))
    await alice.presses(shown, "share")
    await slack.ephemeral_to("U0ALICE", containing="alice may not list_instances")
    assert not slack.messages_in(CHANNEL)


async def test_a_long_answer_is_shared_with_its_file_in_the_thread(stand: Stand) -> None:
    await stand.alice.types("/phone", "list limit=150 --share", channel=CHANNEL)
    said = await stand.slack.message_in(CHANNEL, containing="alice has asked: /phone list limit=150")
    file = await stand.slack.file_in(CHANNEL, named="list.csv")
    assert file.thread_ts == said.ts


async def test_a_plan_is_shared_too(stand: Stand) -> None:
    phone = next(iter(stand.bench.simulator.fleet)).id
    await stand.alice.types("/phone", f"reset {phone} --plan", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0ALICE", containing="Plan")
    await stand.alice.presses(shown, "share")
    await stand.slack.message_in(CHANNEL, containing=f"alice has asked: /phone reset {phone}")
    assert not stand.followed


async def test_a_refusal_has_nothing_to_share(stand: Stand) -> None:
    await stand.alice.types("/phone", "task unknown-task", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0ALICE", containing="Failed")
    assert "Share" not in shown.seen


async def test_where_the_app_is_no_member_a_shared_answer_and_its_file_come_to_the_asker(stand: Stand) -> None:
    stand.slack.channel("C0OTHER", with_app=False)
    await stand.alice.types("/phone", "list limit=150 --share", channel="C0OTHER")
    said = await stand.slack.message_in("U0ALICE", containing="alice has asked")
    await stand.slack.ephemeral_to("U0ALICE", containing="/invite")
    assert (await stand.slack.file_in(said.channel, named="list.csv")).thread_ts == said.ts


async def test_while_slack_can_not_say_who_somebody_is_nothing_is_done(stand: Stand) -> None:
    stand.slack.faults.plan("users.info", error("user_not_found"))
    phone = next(iter(stand.bench.simulator.fleet)).id
    await stand.alice.types("/phone", f"reset {phone}", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="Slack could not say who you are, so nothing is done")
    assert await stand.bench.kinds() == []
