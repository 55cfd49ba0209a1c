"""runbook: what to do in a known situation, with what its first steps would look at."""

from functools import cache

from chatops.briefing import first_reads, offered
from chatops.errors import InvalidParams
from chatops.principal import Principal
from chatops.runbooks import Runbook, load_runbooks
from chatops.surfaces.slack import steps
from chatops.surfaces.slack.drawing import drawn
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.options import Grammar

_SHOWN = 40


async def runbook(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:  # noqa: ARG001  # reads may be done again
    """Show one with its steps, then what it reads first; without a name, list those that this person is offered."""
    executor = office.service.executor
    mine = offered(_runbooks(), executor, principal)
    name, _, more = rest.partition(" ")
    if not name:
        await whisper(office, place, drawn(steps.listed(mine.values(), office.command)).message)
        return
    found = mine.get(name.lower().replace("-", "_"))
    if found is None:
        raise InvalidParams(
            f"There is no runbook {name[:_SHOWN]!a} for you.", next_step=f"{office.command} runbook lists them."
        )
    values = found.values(_grammar(found).read(f"runbook {found.name}", more, office.command).values)
    await whisper(office, place, steps.steps(found, values))
    if found.reads:
        reads = await first_reads(executor, principal, found, values)
        await whisper(office, place, steps.read_first(reads))


@cache
def _runbooks() -> dict[str, Runbook]:
    """Read once, when the first of them is asked for."""
    return load_runbooks()


def _grammar(found: Runbook) -> Grammar:
    example = " ".join(f'{each.name}="{each.example}"' for each in found.head.arguments)
    return Grammar(example=f"runbook {found.name} {example}".rstrip(), valued=tuple(found.arguments))
