"""chatops policy: whether it holds, what it would decide and why, and its table of cases."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import anyio
import click
from pydantic import JsonValue

from chatops.errors import ConfigurationError
from chatops.outcome import Status
from chatops.parsing import parse
from chatops.people import People
from chatops.policy import check, run_cases
from chatops.principal import Assistant, Principal, Surface
from chatops.rendering import Shown
from chatops.roles import Role, permissions_of
from chatops.service import Records, Service
from chatops.surfaces.terminal.menu import Menu
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, OpenService, answered
from chatops.surfaces.terminal.request import Request

_ASK_FOR_OTHERS: tuple[Role, ...] = ("admin",)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def policy_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("policy", help="What may be done, and why.")

    @group.command("check")
    @_JSON
    def check_command(*, as_json: bool) -> int:
        """Load the policy as a start would, and say what may surprise."""
        return answered(records, _check, what="Check the policy", as_json=as_json)

    @group.command("explain", context_settings={"ignore_unknown_options": True})
    @click.option("--as", "person", help="As this person, which is for admins; by default as yourself.")
    @click.option("--assistant", is_flag=True, help="As if an assistant asked through MCP.")
    @_JSON
    @click.argument("action")
    @click.argument("params", nargs=-1, type=click.UNPROCESSED)
    @click.pass_context
    def explain_command(
        context: click.Context,
        *,
        person: str | None,
        assistant: bool,
        as_json: bool,
        action: str,
        params: tuple[str, ...],
    ) -> int:
        """Say what would be decided of a call, and by which rules. PARAMS are those of chatops run ACTION.

        It is planned on live facts and not carried out.
        """
        request = _request(context, [action, *params])
        work = partial(_explain, request, person, assistant=assistant)
        return answered(service, work, what="Explain", as_json=as_json)

    @group.command("test")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
    @_JSON
    def test_command(*, file: Path | None, as_json: bool) -> int:
        """Run the shipped table of cases, or that of a file; exit 1 if one is answered otherwise."""
        return answered(records, partial(_test, file), what="Test the policy", as_json=as_json)

    return group


def _request(context: click.Context, words: list[str]) -> Request:
    """The call that these words would be behind chatops run.

    Raises:
        click.UsageError: there is no such action, or something cannot be read.

    """
    typed: list[Request] = []

    def keep(request: Request) -> int:
        typed.append(request)
        return 0

    _, command, rest = Menu(keep).resolve_command(context, words)
    assert command is not None  # noqa: S101  # otherwise it was raised
    with command.make_context(command.name, rest, parent=context) as inner:
        command.invoke(inner)
    return typed[0]


def _told(text: str, data: Mapping[str, JsonValue], status: Status = Status.DONE) -> Answer:
    """A report: its lines for people, its object for programs."""
    return Answer(shown=Shown(message=text.partition("\n")[0]), text=text, data={**data}, status=status)


async def _check(desk: Desk[Records]) -> Answer:
    report = check(desk.place.policy)
    return _told(report.text(), report.document())


async def _test(file: Path | None, desk: Desk[Records]) -> Answer:
    report = await anyio.to_thread.run_sync(run_cases, desk.place.policy, file)
    return _told(report.text(), report.document(), Status.DONE if report.passed else Status.FAILED)


async def _explain(request: Request, person: str | None, desk: Desk[Service], *, assistant: bool) -> Answer:
    service = desk.place
    if person not in (None, desk.principal.person):
        desk.require(_ASK_FOR_OTHERS, "ask what somebody else may do")
    asker = _asker(service.people, person or desk.principal.person, assistant=assistant)
    params = parse(request.action, request.arguments.values)
    report = await service.control.reasons.of(asker, request.action, params)
    return _told(report.text(), report.document())


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
