"""Opening the form of an action: at once, or from a button where there is nothing to open it with."""

from collections.abc import Mapping

from pydantic import JsonValue

from chatops.errors import SlackRejected
from chatops.surfaces.slack import blocks
from chatops.surfaces.slack.calls import Carried, takes_secret
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.forms import form
from chatops.surfaces.slack.message import Message, View
from chatops.surfaces.slack.origin import Origin
from tools import AnyAction

OPEN_FORM = "open_form"
"""The button that opens a form."""
_TOO_LATE = frozenset({"expired_trigger_id", "invalid_trigger_id", "trigger_expired"})
_OPENED = frozenset({"exchanged_trigger_id", "trigger_exchanged"})


async def open_form(office: Office, place: Place, trigger: str, action: AnyAction, carried: Carried) -> None:
    """Open the form of this action, filled with what is carried.

    Raises:
        InvalidParams: what is given does not fit into a form.
        SlackError: it could not be opened, nor said.

    """
    view = filled_form(place, action, carried.arguments, plan_only=carried.plan_only, share=carried.share)
    if not trigger or not await _opened(office, trigger, view):
        await whisper(office, place, _button(action, carried))


def filled_form(
    place: Place, action: AnyAction, given: Mapping[str, JsonValue], *, plan_only: bool = False, share: bool = False
) -> View:
    """The form of this action, whose results go to this place.

    Raises:
        InvalidParams: what is given does not fit into a form.

    """
    origin = Origin(
        action=action.name,
        channel=place.channel,
        thread=place.thread,
        response_url=place.response_url,
        share=share,
    )
    return form(action, given, origin=origin, plan_only=plan_only)


async def _opened(office: Office, trigger: str, view: View) -> bool:
    try:
        await office.desk.web.ask("views.open", trigger_id=trigger, view=view)
    except SlackRejected as error:
        if error.upstream_code in _TOO_LATE:
            return False
        # An answer was lost, and asking again finds that the form was opened.
        if error.upstream_code not in _OPENED:
            raise
    return True


def _button(action: AnyAction, carried: Carried) -> Message:
    said = f"{action.title} is asked for with a form."
    value = None if takes_secret(action) else carried.text
    if value is None:
        value = Carried(action=action.name, plan_only=carried.plan_only, share=carried.share).text or ""
        said += " What was typed does not fit behind this button, and has to be filled in again."
    row = blocks.actions(OPEN_FORM, blocks.button("Open the form", OPEN_FORM, value, style="primary"))
    return Message(text=said, blocks=(blocks.paragraph(said), row))
