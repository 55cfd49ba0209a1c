import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.team import Team, load_team

EXAMPLE = """\
people:
  alice: {roles: [operator], slack: [T01:U0ALICE], oidc: ["https://id.example.com|alice-sub"], terminal: [alice]}
  bob:   {roles: [operator, approver], slack: [T01:U0BOB]}
slack_usergroups: {"T01:S0ONCALL": [operator]}
oidc_groups: {phone-oncall: [operator]}
terminal: {trust: os-user, may_approve: false}
limits: {small: 5, max_targets: 500, max_fleet_share: 0.2, instances_per_order: 20, orders_per_day: 5}
approvals: {expire_after: 30m, channel: "T01:C0ONCALL", self_approval: false}
freeze: []
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "chatops.yaml"
    file.write_text(text)
    return file


def refused(tmp_path: Path, text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load_team(written(tmp_path, text))
    return caught.value


def test_documented_example_loads(tmp_path: Path) -> None:
    team = load_team(written(tmp_path, EXAMPLE))
    assert team.people["bob"].roles == ("operator", "approver")
    assert team.approvals.expire_after == timedelta(minutes=30)
    assert team.at_terminal("alice") == "alice"


def test_nobody_is_anybody_without_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="nobody may do anything") as caught:
        load_team(tmp_path / "absent.yaml")
    assert "chatops init" in caught.value.next_step


def test_defaults_are_those_of_the_documentation() -> None:
    team = Team()
    assert (team.limits.small, team.limits.max_targets, team.limits.max_fleet_share) == (5, 500, 0.2)
    assert team.terminal.trust == "os-user"
    assert team.people == {}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("people:\n  alice:\n    role: [operator]\n", 3, "unknown key people.alice.role"),
        ("people:\n  alice: {roles: [laed]}\n", 2, "people.alice.roles.0"),
        ("peple: {}\n", 1, "unknown key peple"),
        ("people: {}\nlimits: {small: 0}\n", 2, "limits.small"),
        ("people: {}\nlimits:\n  max_fleet_share: 1.5\n", 3, "limits.max_fleet_share"),
        ("people: {}\n\napprovals: {expire_after: soon}\n", 3, "30s, 30m, 2h or 1d"),
        ("people: {}\napprovals: {self_approval: true}\n", 2, "approvals.self_approval"),
        ("people: {}\nterminal: {trust: anybody}\n", 2, "terminal.trust"),
        ("freeze:\n  - {from: 2026-01-01, until: 2026-01-02, reason: x}\n", 2, "freeze.0.from"),
        ("people: {1: {roles: []}}\n", 1, "people"),
    ],
)
def test_mistake_is_refused_with_its_file_line_and_fix(tmp_path: Path, text: str, line: int, said: str) -> None:
    error = refused(tmp_path, text)
    assert f"chatops.yaml, line {line}:" in error.message
    assert said in error.message
    assert error.next_step


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("people: {a: {roles: operator}}", "people.a.roles: must be a list, such as [one, another]"),
        ("people: {a: {roles: [boss]}}", "people.a.roles.0: must be 'viewer', 'operator', 'approver' or 'admin'"),
        ("people: [a]", "people: must hold names with values, such as {name: value}"),
        ("people: {a: 5}", "people.a: must hold names with values, such as {name: value}"),
        ("people: {1x: {}}", "people.1x: a name is 1 to 64 letters, digits, _ . or -, and begins with a letter"),
        ("people: {a: {terminal: [5]}}", "people.a.terminal.0: must be text; quotes make it text"),
        ("people: {a: {terminal: [a b]}}", "people.a.terminal.0: an identity is 1 to 512 characters without spaces"),
        ("terminal: {may_approve: maybe}", "terminal.may_approve: must be true or false"),
        ("limits: {small: 1.5}", "limits.small: must be a whole number"),
        ("limits: {small: 101}", "limits.small: must be at most 100"),
        ("limits: {max_fleet_share: 0}", "limits.max_fleet_share: must be more than 0"),
        ("approvals: {self_approval: true}", "approvals.self_approval: must be false"),
        ("freeze: [{from: soon, until: 5, reason: x}]", "freeze.0.from: must be a time with its zone"),
        ("freeze: [{until: 2026-12-27T00:00:00Z, reason: x}]", "freeze.0.from: is missing"),
    ],
)
def test_mistake_is_told_in_words_of_the_file(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text).message


def test_one_account_for_two_people_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, "people:\n  alice: {terminal: [root]}\n  bob: {terminal: [root]}\n")
    assert "root is already alice at the terminal door" in error.message


def test_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    assert "larger" in refused(tmp_path, "#" * (1024 * 1024 + 1)).message


def test_what_is_no_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Reading a device or a pipe might never end."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ConfigurationError, match="is no file"):
            load_team(place)


def test_window_holds_from_its_start_to_before_its_end(tmp_path: Path) -> None:
    text = 'freeze: [{from: "2026-11-24T00:00:00Z", until: "2026-11-25T00:00:00Z", reason: launch}]\n'
    window = load_team(written(tmp_path, text)).freeze[0]
    assert window.holds(datetime(2026, 11, 24, tzinfo=UTC))
    assert not window.holds(datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(("mode", "who"), [(0o646, "Everybody"), (0o664, "A group"), (0o666, "Everybody")])
def test_file_that_others_may_write_is_refused(tmp_path: Path, mode: int, who: str) -> None:
    file = written(tmp_path, EXAMPLE)
    file.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"{who} may write the team file") as caught:
        load_team(file)
    assert caught.value.next_step == f"chmod go-w {file}"


@pytest.mark.parametrize(("mode", "who"), [(0o777, "Everybody"), (0o775, "A group")])
def test_file_that_others_may_replace_is_refused(tmp_path: Path, mode: int, who: str) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    file = written(folder, EXAMPLE)
    folder.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"{who} may put another team file in the place") as caught:
        load_team(file)
    assert caught.value.next_step == f"chmod go-w {folder}"
    folder.chmod(0o1777)  # as of /tmp: only owners replace
    assert load_team(file).people


def test_link_to_a_file_is_looked_at_where_it_leads(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    file = written(folder, EXAMPLE)
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    with pytest.raises(ConfigurationError, match="put another team file in the place"):
        load_team(link)


HASH = "sha256:" + "0" * 64
TOKEN = f'{{name: laptop, hash: "{HASH}", expires: 2099-01-01}}'


def test_personal_tokens_stand_with_their_person(tmp_path: Path) -> None:
    team = load_team(written(tmp_path, f"people:\n  alice:\n    tokens: [{TOKEN}]\n  bob: {{}}\n"))
    assert [(person, token.name) for person, token in team.tokens()] == [("alice", "laptop")]
    assert team.at_issuer("https://id.example.com|alice-sub") is None


def test_one_token_belongs_to_one_person(tmp_path: Path) -> None:
    error = refused(tmp_path, f"people:\n  alice: {{tokens: [{TOKEN}]}}\n  bob: {{tokens: [{TOKEN}]}}\n")
    assert "line 3: the token laptop is already one of alice" in error.message


def test_tokens_of_a_person_have_different_names(tmp_path: Path) -> None:
    other = TOKEN.replace("0000", "1111")
    assert (
        "two tokens are called laptop"
        in refused(tmp_path, f"people:\n  alice: {{tokens: [{TOKEN}, {other}]}}\n").message
    )


@pytest.mark.parametrize("groups", ["slack_usergroups", "oidc_groups"])
@pytest.mark.parametrize("role", ["approver", "admin"])
def test_group_brings_operator_at_most(tmp_path: Path, groups: str, role: str) -> None:
    assert f"{groups}.oncall" in refused(tmp_path, f"{groups}: {{oncall: [{role}]}}\n").message
