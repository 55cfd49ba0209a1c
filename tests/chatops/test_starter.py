import stat
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.starter import team_text, write_team_file
from chatops.team import Team, load_team


@pytest.mark.parametrize("account", ["alice", "a.b-c_1", "_www", "42", "no", "svc$", "o'neil", 'quo"te', "x" * 80])
def test_written_file_loads_with_the_account_as_operator(tmp_path: Path, account: str) -> None:
    file = tmp_path / "chatops.yaml"
    write_team_file(file, account)
    team = load_team(file)
    person = team.at_terminal(account)
    assert person is not None
    assert team.people[person].roles == ("operator",)
    assert len(team.people) == 1


def test_everything_else_is_the_default(tmp_path: Path) -> None:
    file = tmp_path / "chatops.yaml"
    write_team_file(file, "alice")
    assert load_team(file).model_copy(update={"people": {}}) == Team()


def test_only_its_owner_may_read_file_and_new_folders(tmp_path: Path) -> None:
    file = tmp_path / "one" / "two" / "chatops.yaml"
    write_team_file(file, "alice")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent, file.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def test_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "chatops.yaml"
    file.write_text("people: {}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="There is a team file already"):
        write_team_file(file, "alice")
    assert file.read_text(encoding="utf-8") == "people: {}\n"


def test_link_that_leads_nowhere_is_said_to_be_one(tmp_path: Path) -> None:
    file = tmp_path / "chatops.yaml"
    file.symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(ConfigurationError, match=r"a link that leads nowhere: there is no .*gone\.yaml") as caught:
        write_team_file(file, "alice")
    assert f"rm {file}" in caught.value.next_step
    assert not (tmp_path / "gone.yaml").exists()


def test_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_team_file(tmp_path / "file" / "chatops.yaml", "alice")


def test_every_key_of_the_team_is_commented() -> None:
    text = team_text("alice")
    for key in (*Team.model_fields, "small", "max_targets", "max_fleet_share", "instances_per_order", "orders_per_day"):
        assert f"{key}:" in text
    for key in ("slack", "oidc", "trust", "may_approve", "expire_after", "channel", "self_approval", "from", "until"):
        assert f"{key}:" in text


def test_file_is_not_written_where_it_would_be_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o775)
    file = tmp_path / "chatops.yaml"
    with pytest.raises(ConfigurationError, match="A group may put another team file") as caught:
        write_team_file(file, "alice")
    assert (caught.value.next_step, file.exists()) == (f"chmod go-w {tmp_path}", False)
