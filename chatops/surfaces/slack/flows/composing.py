"""The flows of this door, put together: what answers which button, form and word."""

from collections.abc import Mapping

from chatops.principal import Principal
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.flows import approving, confirming
from chatops.surfaces.slack.flows.homing import home_opened, refresh
from chatops.surfaces.slack.flows.living import follow
from chatops.surfaces.slack.flows.office import Checking, Flow, Office
from chatops.surfaces.slack.flows.own_words import OWN
from chatops.surfaces.slack.flows.router import Router
from chatops.surfaces.slack.flows.routes import Routes
from chatops.surfaces.slack.flows.watching import Watch
from chatops.surfaces.slack.handler import Begin, Handler
from chatops.surfaces.slack.received import Received


def build(office: Office) -> Handler:
    """What answers everything that comes in. For as long as the door is open it keeps the cards as operations are."""
    office.desk.tasks.append(Watch(office=office).run)
    return Router(office=office, routes=ROUTES)


def _then_home(flow: Flow) -> Flow:
    """The flow; what it has decided does not wait at home any more."""

    async def decided(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
        await flow(office, received, principal, begin)
        await refresh(office, received.user, principal)

    return decided


CLICKS: Mapping[str, Flow] = {
    cards.APPROVE: approving.approve_clicked,
    cards.CONFIRM: confirming.confirm_clicked,
    cards.CONFIRM_FORM: confirming.confirm_form_clicked,
    cards.DECLINE: confirming.decline_clicked,
    cards.DENY: approving.deny_clicked,
    cards.SHOW: approving.show_clicked,
    cards.WITHDRAW: approving.withdraw_clicked,
}
FORMS: Mapping[str, Flow] = {
    cards.APPROVE: _then_home(approving.approve_submitted),
    cards.CONFIRM_FORM: confirming.confirm_submitted,
    cards.DENY: _then_home(approving.deny_submitted),
}
CHECKS: Mapping[str, Checking] = {cards.CONFIRM_FORM: confirming.check_confirm, cards.DENY: approving.check_deny}
ROUTES = Routes(follow=follow, clicks=CLICKS, forms=FORMS, checks=CHECKS, own=OWN, home=home_opened)
