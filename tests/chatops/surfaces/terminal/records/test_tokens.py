from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from chatops.personal_tokens import PREFIX, hash_of
from chatops.team import load_team
from tests.chatops.surfaces.terminal.records.conftest import Answers, As


def test_token_works_once_what_is_printed_stands_in_the_team_file(
    as_person: As, team_file: Path, without_cloud: None
) -> None:
    before = team_file.read_text(encoding="utf-8")
    ended = as_person("alice", "token", "new", "--name", "laptop")
    assert (ended.code, ended.err) == (0, "")
    secret = ended.out.split()[0]
    assert secret.startswith(PREFIX)
    assert team_file.read_text(encoding="utf-8") == before
    entry = ended.out[ended.out.index("    tokens:") :].partition("\n\n")[0]
    written = before.replace("alice: {roles: [operator]}", f"alice:\n    roles: [operator]\n{entry}")
    team_file.write_text(written, encoding="utf-8")
    ((person, token),) = load_team(team_file).tokens()
    assert (person, token.name, token.hash) == ("alice", "laptop", hash_of(secret))
    assert token.expires == (datetime.now(UTC) + timedelta(days=90)).date()


def test_two_tokens_have_nothing_in_common_but_how_they_begin(answer_for: Answers) -> None:
    one, other = (answer_for("alice", "token", "new", "--person", "bob")["data"] for _ in range(2))
    assert one["person"] == "bob"
    assert one["entry"]["hash"] == hash_of(one["token"])
    assert len(one["token"].removeprefix(PREFIX)) == 43
    assert one["token"] != other["token"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--person", "mallory"], "Known are: ada, alice"),
        (["--for", "367d"], "366 days"),
        (["--for", "0d"], "366 days"),
        (["--name", "a b"], "--name laptop"),
    ],
)
def test_token_that_could_not_be_used_is_not_made(as_person: As, words: list[str], said: str) -> None:
    ended = as_person("alice", "token", "new", *words)
    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err


def test_name_is_given_once(as_person: As, team_file: Path) -> None:
    document = yaml.safe_load(team_file.read_text(encoding="utf-8"))
    document["people"]["alice"]["tokens"] = [{"name": "laptop", "hash": hash_of("x"), "expires": "2099-01-01"}]
    team_file.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert as_person("alice", "token", "new", "--name", "laptop").code == 2
    assert as_person("alice", "token", "new", "--name", "phone").code == 0
