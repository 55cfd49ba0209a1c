"""Opening a form, for three seconds after a click."""

from chatops.errors import SlackError
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.replying import reply, said
from chatops.surfaces.slack.message import View
from chatops.surfaces.slack.received import Received


async def open_form(office: Office, received: Received, view: View) -> None:
    """Show this form; where Slack does not, the person is told to press again."""
    try:
        await office.desk.web.ask("views.open", trigger_id=received.trigger, view=dict(view))
    except SlackError as error:
        await reply(office, received, said(f"The form could not be opened. {error.message} Press the button again."))
