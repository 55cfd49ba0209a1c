from dataclasses import replace

from chatops.operations.records import Operation
from chatops.people import People
from chatops.principal import Surface
from chatops.roles import Role
from chatops.team import Team
from tests.chatops.conftest import ReplaceablePolicy, policy_for, team
from tests.chatops.operations.keeping import record

ANY: tuple[Role, ...] = ("approver",)


def people(known: Team) -> People:
    return People(policy=ReplaceablePolicy(engine=policy_for(known)))


def operation(person: str, *, assistant: str | None = None) -> Operation:
    return record(person=person, door="mcp" if assistant else "terminal", assistant=assistant)


def test_approvers_are_the_others_who_have_all_the_roles() -> None:
    known = people(team())
    assert known.approvers("alice", ANY) == ("bob", "carol")
    assert known.approvers("bob", ANY) == ("carol",)
    assert known.approvers("alice", ["operator", "approver"]) == ("bob",)
    assert known.approvers("alice", ["admin"]) == ()


def test_nobody_is_reachable_where_the_terminal_may_not_approve() -> None:
    assert people(team(terminal={"trust": "environment"})).reachable("alice", ANY) == ()


def test_reachable_are_those_who_have_an_account_here() -> None:
    named = {"bob": {"roles": ["approver"], "terminal": ["bob"]}, "carol": {"roles": ["approver"]}}
    assert people(team(people=named, terminal={"may_approve": True})).reachable("alice", ANY) == ("bob",)


def test_everybody_is_reachable_where_the_environment_says_who_one_is() -> None:
    assert people(team()).reachable("alice", ANY) == ("bob", "carol")


def test_roles_are_those_of_now() -> None:
    policy = ReplaceablePolicy(engine=policy_for(team()))
    known = People(policy=policy)
    assert known.roles_of("bob") == {"operator", "approver"}
    policy.engine = policy_for(team(people={"bob": {"roles": ["viewer"]}}))
    assert known.roles_of("bob") == {"viewer"}
    assert known.roles_of("alice") == frozenset()


def test_asker_has_the_door_and_the_assistant_of_then_and_the_roles_of_now() -> None:
    asker = people(team()).asker_of(operation("alice", assistant="claude 1"))
    assert (asker.person, asker.surface, asker.roles) == ("alice", Surface.MCP, frozenset({"operator"}))
    assert asker.assistant is not None
    assert asker.assistant.name == "claude 1"
    assert "instances:reset" in asker.permissions


def test_asker_whom_nobody_knows_any_more_may_do_nothing() -> None:
    gone = people(team()).asker_of(operation("mallory"))
    assert (gone.roles, gone.permissions, gone.assistant) == (frozenset(), frozenset(), None)


def test_groups_bring_what_the_team_file_says_now_to_people_it_names() -> None:
    known = people(team(oidc_groups={"oncall": ["operator"]}))
    asked = replace(operation("vera", assistant="tester 1"), asker_groups=("oncall", "strangers"))
    assert known.asker_of(asked).roles == {"viewer", "operator"}
    assert known.asker_of(replace(asked, person="mallory")).roles == set()
    assert people(team()).asker_of(asked).roles == {"viewer"}


def test_doors_of_a_person_are_slack_where_it_is_configured_and_a_terminal_that_is_trusted() -> None:
    known = team(
        people={
            "bob": {"roles": ["approver"], "slack": ["T01:U0BOB"]},
            "carol": {"roles": ["approver"], "terminal": ["carol"]},
            "dave": {"roles": ["approver"], "slack": ["T01:U0DAVE"], "terminal": ["dave"]},
            "erin": {"roles": ["approver"]},
        },
        terminal={"may_approve": True},
    )
    policy = ReplaceablePolicy(engine=policy_for(known))
    without, with_slack = People(policy=policy), People(policy=policy, slack=True)
    assert without.reachable("alice", ANY) == ("carol", "dave")
    assert with_slack.reachable("alice", ANY) == ("bob", "carol", "dave")
    assert with_slack.doors_of("bob") == (Surface.SLACK,)
    assert with_slack.doors_of("carol") == without.doors_of("dave") == (Surface.TERMINAL,)
    assert with_slack.doors_of("dave") == (Surface.SLACK, Surface.TERMINAL)
    assert with_slack.doors_of("erin") == ()
