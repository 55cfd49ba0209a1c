"""chatops policy: whether it holds, what it would decide and why, and its table of cases."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import anyio
import click
from pydantic import JsonValue

from chatops.errors import ConfigurationError
from chatops.parsing import parse
from chatops.people import People
from chatops.policy import Facts, PolicyEngine, PolicyHolder, check, explain, run_cases
from chatops.principal import Assistant, Principal, Surface
from chatops.rendering import Shown
from chatops.roles import permissions_of
from chatops.service import Records, Service
from chatops.surfaces.terminal.records.session import Answer, OpenRecords, OpenService, answered
from chatops.surfaces.terminal.sources import Sources
from tools import AnyAction, Params

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def policy_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("policy", help="What may be done, and why.")

    @group.command("check")
    @_JSON
    def check_command(*, as_json: bool) -> int:
        """Load the policy as a start would, and say what may surprise."""
        return answered(records, _check, as_json=as_json)

    @group.command("explain")
    @click.option("--as", "person", help="As this person; by default as yourself.")
    @click.option("--params", default="{}", metavar="JSON|@FILE|-", help="Params as one JSON object.")
    @click.option("--assistant", is_flag=True, help="As if an assistant asked through MCP.")
    @click.argument("action")
    @_JSON
    def explain_command(*, person: str | None, params: str, assistant: bool, action: str, as_json: bool) -> int:
        """Say what would be decided of a call, and by which rules. It is planned on live facts and not carried out."""
        work = partial(_explain, person, action, _object(Sources().text(params, "--params")), assistant)
        return answered(service, work, as_json=as_json)

    @group.command("test")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
    @_JSON
    def test_command(*, file: Path | None, as_json: bool) -> int:
        """Run the shipped table of cases, or that of a file; exit 1 if one is answered otherwise."""
        return answered(records, partial(_test, file), as_json=as_json)

    return group


def _object(text: str) -> dict[str, JsonValue]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise click.UsageError("--params is no JSON object.")
    return value


def _told(text: str, data: Mapping[str, JsonValue], exit_code: int = 0) -> Answer:
    """A report: its lines for people, its object for programs."""
    return Answer(shown=Shown(message=text.partition("\n")[0]), text=text, data={**data}, exit_code=exit_code)


async def _check(place: tuple[Records, Principal]) -> Answer:
    report = check(place[0].policy)
    return _told(report.text(), report.document())


async def _test(file: Path | None, place: tuple[Records, Principal]) -> Answer:
    report = await anyio.to_thread.run_sync(run_cases, place[0].policy, file)
    return _told(report.text(), report.document(), 0 if report.passed else 1)


async def _explain(
    person: str | None,
    name: str,
    arguments: Mapping[str, JsonValue],
    assistant: bool,  # see above
    place: tuple[Service, Principal],
) -> Answer:
    service, principal = place
    found = [each for each in service.actions.values() if name in (each.name, each.word)]
    if not found:
        raise ConfigurationError(f"There is no action {name!r}.", next_step="See chatops actions.")
    asker = _asker(service.people, person or principal.person, assistant=assistant)
    params = parse(found[0], arguments)
    facts = await _facts(service, asker, found[0], params)
    policy = service.judge.policy
    engine = policy.engine if isinstance(policy, PolicyHolder) else policy
    assert isinstance(engine, PolicyEngine)  # noqa: S101  # a service is built with one or the other
    report = explain(engine, facts)
    return _told(report.text(), report.document())


async def _facts(service: Service, asker: Principal, action: AnyAction, params: Params) -> Facts:
    if action.change is None:
        return service.executor.guard.facts(asker, action, params)
    plan = await service.executor.planner.plan(asker, action, params)
    return (await service.judge.decide(asker, plan)).facts


def _asker(people: People, person: str, *, assistant: bool) -> Principal:
    roles = people.roles_of(person)
    if person not in people.team.people:
        raise ConfigurationError(f"The team file does not name {person}.", next_step="Name somebody it does.")
    return Principal(
        person=person,
        roles=frozenset(str(role) for role in roles),
        permissions=frozenset(str(each) for each in permissions_of(roles)),
        surface=Surface.MCP if assistant else Surface.TERMINAL,
        assistant=Assistant(name="explained", version="") if assistant else None,
    )
