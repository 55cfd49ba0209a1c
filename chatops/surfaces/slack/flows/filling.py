"""Forms of actions: opened from buttons, checked while they are open, and run."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatops.errors import ChatopsError, ConsentGone
from chatops.principal import Principal
from chatops.surfaces.slack.calls import Carried
from chatops.surfaces.slack.flows.offering import open_form
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.places import action_of, place_of, view_of
from chatops.surfaces.slack.flows.routes import Routes
from chatops.surfaces.slack.flows.running import Wanted, run
from chatops.surfaces.slack.flows.suggestions import warm
from chatops.surfaces.slack.forms import Filled, read_form
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.origin import Origin
from chatops.surfaces.slack.received import Received
from tools import AnyAction


async def check(office: Office, received: Received, principal: Principal) -> Mapping[str, str]:  # noqa: ARG001  # the shape
    """What is wrong in the form, at its fields."""
    found = _read(office, received)
    return found[1].problems if found is not None else {}


@dataclass(frozen=True, kw_only=True)
class Submitting:
    """Runs what was filled in."""

    routes: Routes

    async def __call__(self, office: Office, received: Received, principal: Principal, begin: Begin) -> None:
        """Run it, and tell where the form was opened."""
        found, origin = _read(office, received), Origin.read(view_of(received).get("private_metadata"))
        if found is None or origin is None:
            raise unknown_form()
        action, filled = found
        wanted = Wanted(
            key=f"said:{received.id}",
            action=action,
            arguments=filled.arguments,
            plan_only=filled.plan_only,
            share=origin.share,
        )
        await run(office, self.routes.follow, place_of(received), principal, wanted, begin)


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Runs again, as whoever presses it, what was answered to one person, and answers it to everybody."""

    routes: Routes

    async def __call__(self, office: Office, received: Received, principal: Principal, begin: Begin) -> None:
        """Answer it to everybody; a second press says nothing more."""
        carried, action = _carried(office, received)
        container = received.payload.get("container")
        message = str(container.get("message_ts") or "") if isinstance(container, Mapping) else ""
        wanted = Wanted(
            key=f"share:{received.channel}:{received.user}:{message or received.id}",
            action=action,
            arguments=carried.arguments,
            plan_only=action.change is not None,
            share=True,
        )
        await run(office, self.routes.follow, place_of(received), principal, wanted, begin)


async def opened(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # the shape
    """Open the form that a button carries."""
    carried, action = _carried(office, received)
    await open_form(office, place_of(received), received.trigger, action, carried)
    await warm(office, principal)


def unknown_form() -> ChatopsError:
    """What a form or a button says that is none of ours, or that an older version has made."""
    return ConsentGone("This is from an older version, and nothing was done.", next_step="Ask for it again.")


def _read(office: Office, received: Received) -> tuple[AnyAction, Filled] | None:
    view = view_of(received)
    origin = Origin.read(view.get("private_metadata"))
    action = office.service.executor.actions.get(origin.action) if origin is not None else None
    if action is None:
        return None
    state = view.get("state")
    return action, read_form(action, state.get("values") if isinstance(state, Mapping) else None)


def _carried(office: Office, received: Received) -> tuple[Carried, AnyAction]:
    carried = Carried.read(action_of(received).get("value"))
    action = office.service.executor.actions.get(carried.action) if carried is not None else None
    if carried is None or action is None:
        raise unknown_form()
    return carried, action
