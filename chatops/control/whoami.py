"""Say who you are here, what you may do, and who could approve.

Also whether changes are frozen just now.
"""

from pydantic import Field

from chatops.control._asked import Asked, own
from chatops.control._fields import Moment, at, clock
from chatops.roles import APPROVER
from tools import Action, Example, Fields, MaybeLine, NoParams, Permission, ReportedId, ReportedLine, Result, Risk


class FreezeRow(Result):
    """Changes that are stopped now."""

    scope: ReportedLine
    reason: ReportedLine
    until: Moment
    by: ReportedLine


class Identity(Result):
    """Who asks."""

    person: ReportedId
    roles: tuple[ReportedId, ...]
    door: ReportedId
    assistant: MaybeLine = Field(default=None, description="What the assistant says of itself; a claim")
    actions: tuple[ReportedId, ...] = Field(description="What the roles include")
    may_approve: tuple[ReportedId, ...] = Field(description="Who could approve what this person asks for")
    reachable: tuple[ReportedId, ...] = Field(description="Who of them can be asked now")
    freezes: tuple[FreezeRow, ...] = ()


async def _answer(asked: Asked, _: NoParams) -> Identity:
    control, principal = asked.control, asked.principal
    said = principal.assistant
    return Identity(
        person=principal.person,
        roles=tuple(sorted(principal.roles)),
        door=principal.surface.value,
        assistant=f"{said.name} {said.version}" if said else None,
        actions=tuple(
            action.name
            for action in control.actions.values()
            if {str(each) for each in action.permissions} <= principal.permissions
        ),
        may_approve=control.people.approvers(principal.person, (APPROVER,)),
        reachable=control.people.reachable(principal.person, (APPROVER,)),
        freezes=await _freezes(asked),
    )


async def _freezes(asked: Asked) -> tuple[FreezeRow, ...]:
    from chatops.store import now  # noqa: PLC0415  # see the package

    control = asked.control
    moment = at(await control.ledger.database.read(now))
    windows = [
        FreezeRow(scope="everything", reason=each.reason, until=each.until, by="the team file")
        for each in control.people.team.freeze
        if each.holds(moment)
    ]
    held = [
        FreezeRow(scope=each.scope.text, reason=each.reason, until=at(each.ends_at), by=each.by)
        for each in await control.freezes.held()
    ]
    return (*windows, *held)


def _say(_: NoParams, result: Identity) -> str:
    roles = ", ".join(result.roles) or "no role"
    frozen = " Changes are frozen." if result.freezes else ""
    return f"You act for {result.person} ({roles}), who may run {len(result.actions)} actions.{frozen}"


ACTION = Action(
    name="whoami",
    word="whoami",
    doc=__doc__,
    title="Who am I",
    by=own(_answer),
    params=NoParams,
    result=Identity,
    risk=Risk.READ,
    permission=Permission("operations:read"),
    change=None,
    view=Fields(
        say=_say,
        fields=lambda result: {
            "door": result.door,
            "assistant says it is": result.assistant,
            "may run": ", ".join(result.actions),
            "could approve": ", ".join(result.may_approve) or "nobody",
            "of them can be asked": ", ".join(result.reachable) or "nobody",
            **{
                f"frozen: {each.scope}": f"{each.reason} (until {clock(each.until)}, by {each.by})"
                for each in result.freezes
            },
        },
    ),
    examples=(Example(params=NoParams(), sends=None, answers=None, source=""),),
)
