"""Everything the fake holds, for the methods of the Web API, the deliveries and the people alike."""

from dataclasses import dataclass, field

from tests.slack import JsonObject
from tests.slack.application import Application
from tests.slack.calls import Call
from tests.slack.changes import Changes
from tests.slack.clock import Clock
from tests.slack.tickets import Tickets
from tests.slack.views import Views
from tests.slack.workspace import Channel, User, Workspace


@dataclass(kw_only=True)
class State:
    """One workspace with one app; ``complaints`` is what Slack or a careful reader would not accept."""

    application: Application
    clock: Clock
    changes: Changes
    workspace: Workspace
    views: Views
    tickets: Tickets
    calls: list[Call] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    secrets: dict[str, str | None] = field(default_factory=dict)  # a marked text, and the only person who may see it
    url: str = ""  # where the fake listens

    def response_url(self, identifier: str) -> str:
        """The address of a response URL."""
        return f"{self.url}/response/{identifier}"

    def team_json(self, team: str) -> JsonObject:
        """A workspace as payloads name it."""
        return {"id": team, "domain": self.application.domain if team == self.application.team else team.lower()}


def new_state(application: Application, clock: Clock) -> State:
    """A workspace with the app's bot, and one channel it is in."""
    changes = Changes()
    workspace = Workspace(team=application.team, clock=clock, changes=changes)
    bot = User(id=application.bot_user, team=application.team, name="phones", is_bot=True)
    workspace.users[bot.id] = bot
    workspace.channels["C0OPS"] = Channel(id="C0OPS", name="ops", members={bot.id})
    return State(
        application=application,
        clock=clock,
        changes=changes,
        workspace=workspace,
        views=Views(team=application.team, changes=changes),
        tickets=Tickets(clock),
    )
