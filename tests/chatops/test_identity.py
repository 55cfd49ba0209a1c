import os
import pwd
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.identity import account_name, local_principal
from chatops.principal import Assistant, Surface
from chatops.settings import load_settings
from chatops.team import Team

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


def team(trust: str = "os-user") -> Team:
    return Team.model_validate(
        {
            "people": {
                "alice": {"roles": ["operator"], "terminal": [ACCOUNT]},
                "vera": {"roles": ["viewer"]},
            },
            "terminal": {"trust": trust},
        }
    )


def test_person_is_the_one_with_this_account() -> None:
    principal = local_principal(load_settings(), team(), Surface.TERMINAL)
    assert principal.person == "alice"
    assert "instances:reset" in principal.permissions


def test_account_is_not_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mallory")
    assert account_name() == ACCOUNT


def test_account_that_the_team_does_not_know_may_do_nothing() -> None:
    with pytest.raises(ConfigurationError, match=ACCOUNT) as caught:
        local_principal(load_settings(), Team(), Surface.TERMINAL)
    assert f"terminal: [{ACCOUNT}]" in caught.value.next_step


def test_environment_names_the_person_only_where_the_team_trusts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATOPS_AS", "vera")
    with pytest.raises(ConfigurationError, match="CHATOPS_AS is set"):
        local_principal(load_settings(), team(), Surface.TERMINAL)
    assert local_principal(load_settings(), team("environment"), Surface.TERMINAL).person == "vera"


def test_unknown_person_of_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATOPS_AS", "mallory")
    with pytest.raises(ConfigurationError, match="mallory"):
        local_principal(load_settings(), team("environment"), Surface.TERMINAL)


def test_assistant_is_a_claim_beside_the_person(tmp_path: Path) -> None:
    claim = Assistant(name="claude", version="1")
    principal = local_principal(load_settings(), team(), Surface.MCP, claim)
    assert (principal.person, principal.assistant) == ("alice", claim)
