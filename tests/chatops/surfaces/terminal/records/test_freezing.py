from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatops.simulator import RunningSimulator
from tests.chatops.surfaces.terminal.records.conftest import Answers, As, changes

FREEZE = ("freeze", "--reason", "bad image", "--for", "30m")
REBOOT = ("run", "reboot", "XvH39QVW", "--yes")


@pytest.mark.parametrize("person", ["alice", "carol", "ada"])
def test_change_is_refused_while_frozen_and_reads_go_on(
    answer_for: Answers, as_person: As, simulator: RunningSimulator, person: str
) -> None:
    assert answer_for(person, *FREEZE)["exit_code"] == 0
    refused = answer_for("alice", *REBOOT)
    assert (refused["exit_code"], refused["status"]) == (3, "refused")
    assert "bad image" in refused["message"]
    assert person in refused["message"]
    assert as_person("alice", "run", "list", "--limit", "1").code == 0
    assert changes(simulator) == []


def test_frozen_is_what_somebody_has_consented_to_before(
    waiting: str, answer_for: Answers, simulator: RunningSimulator
) -> None:
    answer_for("alice", *FREEZE)
    assert answer_for("bob", "approvals", "approve", waiting)["status"] == "refused"
    assert changes(simulator) == []


@pytest.mark.usefixtures("without_cloud")
def test_freezing_needs_no_credentials_of_the_cloud(answer_for: Answers) -> None:
    assert answer_for("alice", *FREEZE)["data"]["scope"] == "everything"
    assert len(answer_for("ada", "unfreeze")["data"]["lifted"]) == 1


@pytest.mark.parametrize("person", ["carol", "ada"])
def test_approvers_and_admins_let_go_on(answer_for: Answers, person: str) -> None:
    answer_for("alice", *FREEZE)
    lifted = answer_for(person, "unfreeze")
    assert (lifted["exit_code"], lifted["message"]) == (0, "Lifted: everything.")
    assert answer_for("alice", *REBOOT)["status"] == "accepted"


def test_operator_does_not_let_go_on_and_viewer_does_not_freeze(answer_for: Answers) -> None:
    refused = answer_for("vera", *FREEZE)
    assert (refused["exit_code"], refused["error"]["code"]) == (3, "permission_missing")
    assert "operator or approver or admin" in refused["error"]["next_step"]
    refused = answer_for("alice", "unfreeze")
    assert "approver or admin" in refused["error"]["next_step"]


def test_freeze_is_as_narrow_as_it_is_said(answer_for: Answers) -> None:
    frozen = answer_for("alice", *FREEZE, "--action", "reset", "--person", "dan", "--region", "cn-north-7")
    assert frozen["data"]["scope"] == "region cn-north-7, action reset_instances, person dan"
    assert answer_for("alice", *REBOOT)["status"] == "accepted"


@pytest.mark.parametrize("given", ["reboot", "reboot_instances", "reboot-instances"])
def test_action_is_named_as_it_is_run(answer_for: Answers, given: str) -> None:
    assert answer_for("alice", *FREEZE, "--action", given)["data"]["scope"] == "action reboot_instances"
    assert answer_for("alice", *REBOOT)["status"] == "refused"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--action", "rebot"), "There is no action 'rebot'"),
        (("--action", "list"), "list_instances changes nothing"),
        (("--person", "mallory"), "does not name mallory"),
        (("--region", "cn-nort-7"), "Did you mean cn-north-7? Known: "),
        (("--for", "30"), "write a duration as"),
        (("--for", "0s"), "up to 30 days"),
        (("--for", "31d"), "up to 30 days"),
        (("--reason", " "), "needs a reason"),
    ],
)
def test_freeze_that_would_stop_nothing_or_not_end_is_refused(
    answer_for: Answers, words: tuple[str, ...], said: str
) -> None:
    answer = answer_for("alice", *FREEZE, *words)
    assert answer["exit_code"] != 0
    assert said in answer["message"] + answer["error"].get("next_step", "")
    assert answer_for("ada", "unfreeze")["data"]["lifted"] == []


@pytest.mark.usefixtures("without_cloud")
def test_region_is_frozen_unchecked_where_none_is_known(answer_for: Answers) -> None:
    answer = answer_for("alice", *FREEZE, "--region", "cn-nort-7")
    assert (answer["exit_code"], answer["data"]["scope"]) == (0, "region cn-nort-7")
    assert "was not checked" in answer["warnings"][0]


def test_region_of_earlier_requests_is_known_without_the_cloud(
    answer_for: Answers, request: pytest.FixtureRequest
) -> None:
    assert answer_for("alice", *REBOOT)["status"] == "accepted"
    request.getfixturevalue("without_cloud")
    refused = answer_for("alice", *FREEZE, "--region", "cn-nort-7")
    assert "Did you mean cn-north-7?" in refused["error"]["next_step"]
    frozen = answer_for("alice", *FREEZE, "--region", "cn-north-7")
    assert (frozen["exit_code"], frozen.get("warnings")) == (0, None)


def test_window_of_the_team_file_is_not_lifted_and_that_is_said(answer_for: Answers, team_file: Path) -> None:
    begin, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    with team_file.open("a", encoding="utf-8") as stream:
        stream.write(f'freeze: [{{from: "{begin.isoformat()}", until: "{end.isoformat()}", reason: holidays}}]\n')
    answer = answer_for("ada", "unfreeze")
    assert answer["message"] == "Nothing was frozen from here."
    assert "holidays. Only it lifts that." in answer["warnings"][0]
    assert answer_for("alice", *REBOOT)["status"] == "refused"
