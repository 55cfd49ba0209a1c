"""IAM tokens: fetched once for everybody, kept until shortly before they expire."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import JsonValue

from chatops.cloud.documents import as_mapping
from chatops.cloud.envelope import unreadable
from chatops.cloud.flight import SingleFlight
from chatops.cloud.guard import Guard
from chatops.cloud.identity import Identity
from chatops.cloud.problems import AttemptFailed
from chatops.cloud.received import Received
from chatops.cloud.refusals import Refusals
from chatops.cloud.requests import USER_AGENT, Outgoing
from chatops.cloud.settings import ClientSettings, Password

MOST_MARGIN = 600.0
"""Seconds before its end at which a token is no longer used; a short-lived one is used for nine tenths of its life."""

_NEXT_STEP = (
    "Check CHATOPS_CLOUD_USERNAME, _PASSWORD, _DOMAIN and _PROJECT. "
    "It must be an IAM user: a HUAWEI ID cannot get tokens."
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token and the moment from which it is no longer used."""

    text: str = field(repr=False)
    good_until: float


class Tokens:
    """Tokens for one project; the whole product needs project scope (section 3.2)."""

    def __init__(
        self, *, settings: ClientSettings, credentials: Password, identity: Identity, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._identity = identity
        self._clock = clock
        user = f"{settings.iam_endpoint} user {credentials.domain} {credentials.username}"
        self._guard = Guard(
            clock=clock, what="The password of the IAM user", refusals=Refusals(settings.state_folder, user)
        )
        self._flight = SingleFlight[Token]()
        self._token: Token | None = None

    async def current(self) -> str:
        """A token that is good for a while.

        Raises:
            AttemptFailed: IAM did not answer, or said no.

        """
        return (await self._flight.get(self._known, self._fetch)).text

    def forget(self, text: str) -> None:
        """This token was refused. One that was fetched since stays."""
        if self._token is not None and self._token.text == text:
            self._token = None

    def _known(self) -> Token | None:
        return self._token if self._token is not None and self._clock() < self._token.good_until else None

    async def _fetch(self) -> Token:
        asked_at = self._clock()
        self._token = await self._identity.ask(
            self._request,
            lambda received, document: _read_token(received, document, asked_at),
            guard=self._guard,
            next_step=_NEXT_STEP,
        )
        return self._token

    def _request(self) -> Outgoing:
        """nocatalog=1 leaves out the catalogue, which is long and not needed."""
        settings, credentials = self._settings, self._credentials
        project = {"id": settings.project_id} if settings.project_id else {"name": settings.project}
        user = {
            "name": credentials.username,
            "password": credentials.password.get_secret_value(),
            "domain": {"name": credentials.domain},
        }
        document = {
            "auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": project}}
        }
        return Outgoing(
            method="POST",
            origin=settings.iam_endpoint,
            path="/v3/auth/tokens",
            query="nocatalog=1",
            headers={"Content-Type": "application/json", "User-Agent": USER_AGENT},
            body=json.dumps(document, ensure_ascii=False).encode(),
        )


def _read_token(received: Received, document: dict[str, JsonValue], asked_at: float) -> Token:
    text = received.headers.get("x-subject-token", "")
    times = as_mapping(document.get("token"))
    expires = _moment(times.get("expires_at"))
    if not text or expires is None:
        raise AttemptFailed(unreadable(received, "holds no token, or not when it expires"))
    # Its life by IAM's clock where both ends are told: ours may be wrong.
    issued = _moment(times.get("issued_at"))
    life = expires - (issued if issued is not None and issued < expires else asked_at)
    return Token(text=text, good_until=asked_at + life - min(MOST_MARGIN, life / 10))


def _moment(value: object) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
