"""Who somebody in Slack is: asked of the fake over HTTP, and of a team file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from chatops.errors import PersonUnknown, SlackUnavailable
from chatops.principal import Surface
from chatops.surfaces.slack.directory import KNOWN_FOR, Directory
from chatops.surfaces.slack.web import Web, web_client
from tests.chatops.conftest import ReplaceablePolicy, policy_for, team
from tests.slack.clock import Clock
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import Fault, broken, error

pytestmark = pytest.mark.anyio

PEOPLE = {
    "alice": {"roles": ["viewer"], "slack": ["T01:U0ALICE", "T02:U0ALICE"]},
    "bob": {"roles": ["approver"], "slack": ["T01:U0BOB"]},
    "slackbot": {"roles": ["viewer"], "slack": ["T01:USLACKBOT"]},
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """The directory, the Slack it asks, and the clock it goes by."""

    directory: Directory
    slack: FakeSlack
    clock: Clock
    policy: ReplaceablePolicy

    async def roles(self, user: str = "U0ALICE", *, fresh: bool = False) -> set[str]:
        return set((await self.directory.principal("T01", user, fresh=fresh)).roles)


async def _at_once(_: float) -> None:
    """Waiting between two tries takes no time here."""


@pytest.fixture
async def known() -> AsyncIterator[Known]:
    clock = Clock(stands_still=True)
    policy = ReplaceablePolicy(engine=policy_for(team(people=PEOPLE, slack_usergroups={"T01:S0ONCALL": ["operator"]})))
    async with fake_slack() as slack:
        slack.group("S0ONCALL")
        for user in ("U0ALICE", "U0BOB", "USLACKBOT"):
            slack.person(user)
        web = Web(client=web_client(SecretStr(slack.application.bot_token), slack.api_url), sleep=_at_once)
        directory = Directory(web=web, team=policy, team_id="T01", clock=clock)
        yield Known(directory=directory, slack=slack, clock=clock, policy=policy)


async def test_person_of_the_team_file_has_its_roles_and_those_of_groups(known: Known) -> None:
    assert await known.roles() == {"viewer"}
    known.slack.group("S0ONCALL", "U0ALICE")
    known.clock.advance(KNOWN_FOR)
    alice = await known.directory.principal("T01", "U0ALICE", "T01")
    assert (alice.person, alice.surface, set(alice.roles)) == ("alice", Surface.SLACK, {"viewer", "operator"})
    assert alice.groups == {"T01:S0ONCALL"}
    assert "instances:reboot" in alice.permissions


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"deleted": True}, "is deactivated"),
        ({"is_bot": True}, "is a bot"),
        ({"is_workflow_bot": True}, "is a workflow"),
        ({"is_restricted": True}, "is a guest"),
        ({"is_ultra_restricted": True}, "is a guest"),
        ({"is_stranger": True}, "belongs to another organisation"),
    ],
)
async def test_who_is_no_full_member_is_refused_although_the_team_file_names_them(
    known: Known, facts: dict[str, bool], why: str
) -> None:
    known.slack.person("U0ALICE", team="T01", **facts)
    with pytest.raises(PersonUnknown, match=why) as caught:
        await known.roles()
    assert caught.value.account == "T01:U0ALICE"


async def test_bot_of_slack_itself_is_refused_although_slack_does_not_call_it_one(known: Known) -> None:
    with pytest.raises(PersonUnknown, match="is a bot"):
        await known.roles("USLACKBOT")


async def test_person_who_has_authorised_the_app_is_no_bot(known: Known) -> None:
    known.slack.person("U0ALICE", is_app_user=True)
    assert await known.roles() == {"viewer"}


@pytest.mark.parametrize(
    ("team_id", "user", "user_team", "why"),
    [
        ("T02", "U0ALICE", "", "belongs to another workspace"),
        ("T01", "U0ALICE", "T02", "belongs to another workspace"),
        ("T01", "U0MALLORY", "", "is not named in the team file"),
        ("T01", "", "", "is not named in the team file"),
    ],
)
async def test_strangers_are_refused_without_asking_slack(
    known: Known, team_id: str, user: str, user_team: str, why: str
) -> None:
    with pytest.raises(PersonUnknown, match=why):
        await known.directory.principal(team_id, user, user_team)
    assert known.slack.calls() == []


async def test_person_whose_home_is_another_workspace_is_refused_although_the_request_says_ours(known: Known) -> None:
    known.slack.person("U0BOB").user.team = "T02"
    with pytest.raises(PersonUnknown, match="another workspace"):
        await known.directory.principal("T01", "U0BOB", "T01")


async def test_what_slack_said_is_believed_for_five_minutes_and_not_where_it_must_be_fresh(known: Known) -> None:
    known.slack.group("S0ONCALL", "U0ALICE")
    assert await known.roles() == {"viewer", "operator"}
    asked = len(known.slack.calls())
    known.slack.group("S0ONCALL")
    known.clock.advance(KNOWN_FOR - 1)
    assert await known.roles() == {"viewer", "operator"}
    assert len(known.slack.calls()) == asked
    assert await known.roles(fresh=True) == {"viewer"}
    assert await known.roles() == {"viewer"}


async def test_deactivated_person_is_refused_at_once_where_it_must_be_fresh(known: Known) -> None:
    assert await known.roles("U0BOB") == {"approver"}
    known.slack.person("U0BOB", deleted=True)
    with pytest.raises(PersonUnknown, match="is deactivated"):
        await known.roles("U0BOB", fresh=True)
    with pytest.raises(PersonUnknown, match="is deactivated"):
        await known.roles("U0BOB")


async def test_person_who_left_the_team_file_is_refused_at_once(known: Known) -> None:
    assert await known.roles() == {"viewer"}
    known.policy.engine = policy_for(team(people={"bob": PEOPLE["bob"]}))
    with pytest.raises(PersonUnknown, match="team file"):
        await known.roles()


@pytest.mark.parametrize("fault", [error("internal_error"), error("user_not_found"), broken()], ids=str)
async def test_slack_that_cannot_say_who_it_is_means_no(known: Known, fault: Fault) -> None:
    known.slack.faults.plan("users.info", fault, times=None)
    with pytest.raises(SlackUnavailable, match="who you are"):
        await known.roles()


async def test_answer_that_fails_leaves_nothing_that_is_believed_later(known: Known) -> None:
    known.slack.group("S0ONCALL", "U0ALICE")
    assert await known.roles() == {"viewer", "operator"}
    known.slack.faults.plan("usergroups.users.list", error("internal_error"), times=None)
    assert await known.roles(fresh=True) == {"viewer"}
    assert await known.roles() == {"viewer"}
    known.slack.faults.clear()
    assert await known.roles() == {"viewer", "operator"}


@pytest.mark.parametrize("name", ["missing_scope", "no_such_subteam", "plan_upgrade_required"])
async def test_group_that_cannot_be_asked_about_brings_nothing_and_takes_nothing(known: Known, name: str) -> None:
    known.slack.group("S0ONCALL", "U0ALICE")
    known.slack.faults.plan("usergroups.users.list", error(name), times=None)
    assert await known.roles() == {"viewer"}


async def test_group_of_another_workspace_is_not_asked_about(known: Known) -> None:
    known.policy.engine = policy_for(team(people=PEOPLE, slack_usergroups={"T02:S0ONCALL": ["operator"]}))
    assert await known.roles() == {"viewer"}
    assert known.slack.calls("usergroups.users.list") == []
