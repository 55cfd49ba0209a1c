import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue

from chatops.app import Configuration, client_settings, load_configuration, open_app, open_executor, open_records
from chatops.audit import Filter, every
from chatops.cloud import AccessKey, Password
from chatops.consent import Question, Reply, Verdict
from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.outcome import Status
from chatops.principal import Surface
from chatops.simulator import ACCESS_KEY, SECRET_KEY, RunningSimulator, SimulatorSettings, serve
from tests.chatops.conftest import Person, person

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
TEAM = """\
people:
  alice: {roles: [operator]}
  bob: {roles: [approver]}
terminal: {trust: environment, may_approve: true}
"""
ALWAYS = "{from: 2020-01-01T00:00:00Z, until: 2099-01-01T00:00:00Z, reason: launch}"
Configured = Callable[..., Configuration]


@pytest.fixture
async def running() -> AsyncIterator[RunningSimulator]:
    async with serve(SimulatorSettings(phones=60, faults=True, speed=1000)) as simulator:
        yield simulator


@pytest.fixture
def configured(running: RunningSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configured:
    """What the environment says, with a few variables more or fewer."""

    def configuration(**more: str | None) -> Configuration:
        for name in [each for each in os.environ if each.startswith("CHATOPS_")]:
            monkeypatch.delenv(name)
        file = tmp_path / "chatops.yaml"
        file.write_text(TEAM, encoding="utf-8")
        variables: dict[str, str | None] = {
            "CLOUD_ENDPOINT": running.url,
            "CLOUD_IAM_ENDPOINT": running.url,
            "CLOUD_ACCESS_KEY": ACCESS_KEY,
            "CLOUD_SECRET_KEY": SECRET_KEY,
            "TEAM_FILE": str(file),
            "STATE_DIR": str(tmp_path / "state"),
            "AS": "alice",
            **more,
        }
        for name, value in variables.items():
            if value is not None:
                monkeypatch.setenv(f"CHATOPS_{name}", value)
        return load_configuration()

    return configuration


async def test_configured_service_changes_reads_and_writes_down(configured: Configured) -> None:
    configuration = configured()
    async with open_app(configuration) as service:
        alice = configuration.principal(Surface.TERMINAL)
        outcome = await service.executor.run(alice, "reboot_instances", ONE, Person())
        assert outcome.status is Status.ACCEPTED
        assert await service.ledger.find(outcome.operation_id or "") is not None


async def test_records_are_looked_at_without_credentials_of_the_cloud(configured: Configured) -> None:
    async with open_app(configured()) as service:
        asked = await service.executor.run(person(assistant=True), "reset_instances", ONE, Person())
    without = configured(CLOUD_ACCESS_KEY=None, CLOUD_SECRET_KEY=None)
    async with open_records(without) as records:
        assert [each.id for each in await records.ledger.listed()] == [asked.operation_id]
        assert records.people.approvers("alice", ["approver"]) == ("bob",)


async def test_store_that_cannot_be_opened_leaves_an_executor_that_reads(
    configured: Configured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object, **__: object) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr("chatops.app.open_database", unavailable)
    async with open_executor(configured()) as executor:
        read = await executor.run(person(), "query_status", ONE, Person())
        changed = await executor.run(person(), "reboot_instances", ONE, Person())
    assert (read.status, changed.status, changed.message) == (Status.DONE, Status.REFUSED, "The disk is full.")


@pytest.mark.parametrize("reloads", [False, True])
async def test_executor_lives_with_its_service(configured: Configured, *, reloads: bool) -> None:
    async with open_executor(configured(), reloads=reloads) as executor:
        assert (await executor.run(person(), "reboot_instances", ONE, Person())).status is Status.ACCEPTED


async def test_access_key_is_used_before_a_password(configured: Configured) -> None:
    both = configured(CLOUD_USERNAME="u", CLOUD_PASSWORD="p", CLOUD_DOMAIN="d")
    assert isinstance(client_settings(both.settings).credentials, AccessKey)
    password = configured(
        CLOUD_ACCESS_KEY=None,
        CLOUD_SECRET_KEY=None,
        CLOUD_USERNAME="u",
        CLOUD_PASSWORD="p",
        CLOUD_DOMAIN="d",
    )
    assert isinstance(client_settings(password.settings).credentials, Password)


@pytest.mark.parametrize(
    "missing",
    [
        {"CLOUD_SECRET_KEY": None},
        {"CLOUD_ACCESS_KEY": None},
        {"CLOUD_ACCESS_KEY": None, "CLOUD_USERNAME": "u"},
        {"CLOUD_ACCESS_KEY": None, "CLOUD_USERNAME": "u", "CLOUD_PASSWORD": "p"},
    ],
)
async def test_half_of_the_credentials_is_refused_with_what_is_missing(
    configured: Configured, missing: dict[str, str | None]
) -> None:
    with pytest.raises(ConfigurationError, match=r"CHATOPS_CLOUD_SECRET_KEY|complete credentials"):
        async with open_app(configured(**missing)):
            pass


async def test_other_key_than_that_of_the_store_opens_nothing(configured: Configured) -> None:
    async with open_app(configured(STATE_KEY="k" * 40)):
        pass
    with pytest.raises(ConfigurationError, match="key"):
        async with open_app(configured(STATE_KEY="x" * 40)):
            pass
    with pytest.raises(ConfigurationError, match="key"):
        async with open_records(configured(STATE_KEY="x" * 40)):
            pass


@dataclass(frozen=True, kw_only=True)
class Slowly:
    """Somebody who answers after the team file was written again."""

    file: Path
    team: str

    async def ask(self, question: Question) -> Reply:
        self.file.write_text(self.team, encoding="utf-8")
        return Reply(verdict=Verdict.YES, typed=question.must_type)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("people: {alice: {roles: [viewer]}}\n", Status.REFUSED),
        ("people: {}\n", Status.REFUSED),
        (f"people: {{alice: {{roles: [operator]}}}}\nfreeze: [{ALWAYS}]\n", Status.REFUSED),
        ("people: {alice: {roles: [operator]}}\nlimits: {max_targets: 600}\n", Status.ACCEPTED),
        ("people: [broken\n", Status.ACCEPTED),
    ],
)
async def test_team_file_is_read_again_before_a_confirmation_is_used(
    configured: Configured, written: str, status: Status
) -> None:
    configuration = configured()
    async with open_app(configuration) as service:
        asker = Slowly(file=configuration.settings.team_file, team=written)
        alice = configuration.principal(Surface.TERMINAL)
        outcome = await service.executor.run(alice, "reset_instances", ONE, asker)
        assert outcome.status is status
        kinds = [event.kind async for event in every(service.database, Filter())]
        assert kinds.count("reload") == 1


@pytest.mark.parametrize(
    "variables",
    [
        {"SLACK_BOT_TOKEN": "xoxb-marked"},
        {"SLACK_SIGNING_SECRET": "marked"},
        {"SLACK_BOT_TOKEN": "xapp-marked", "SLACK_APP_TOKEN": "xoxb-marked"},
        {"SLACK_BOT_TOKEN": "xoxb-marked", "SLACK_APP_TOKEN": "xapp-marked", "SLACK_API_URL": "http://slack.example"},
    ],
)
async def test_slack_that_is_configured_in_part_is_refused_when_it_is_read(
    configured: Configured, variables: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match="CHATOPS_SLACK") as caught:
        configured(**variables)
    assert "marked" not in caught.value.message + caught.value.next_step


async def test_people_can_be_asked_in_slack_where_all_of_it_is_configured(configured: Configured) -> None:
    whole = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    for more in ({}, whole):
        async with open_app(configured(**more)) as service, open_records(configured(**more)) as records:
            assert service.people.slack is records.people.slack is bool(more)
