"""The two ways in: a signed request, or a token.

Every call goes through one of them, also the one whose table calls the token optional (conflict 23). How the token's
header is capitalised does not matter (conflict 24).
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import JsonValue

from chatops.cloud.documents import as_mapping
from chatops.cloud.flight import SingleFlight
from chatops.cloud.guard import Guard
from chatops.cloud.identity import Identity
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.cloud.refusals import Refusals
from chatops.cloud.requests import USER_AGENT, Outgoing
from chatops.cloud.settings import AccessKey, ClientSettings, Password
from chatops.cloud.signing import MOST_SIGNED_BYTES, authorization, query_string, timestamp
from chatops.cloud.tokens import Tokens
from chatops.errors import RequestTooLarge, UpstreamRejected

TOKEN_HEADER = "X-Auth-Token"  # noqa: S105  # the name of a header
_SIGNED = frozenset({"content-type", "x-tenant-id"})
"""Headers of the request that are signed with the signer's own: none that a proxy or a gateway may change."""

_PROJECT_NEXT = "Set CHATOPS_CLOUD_PROJECT_ID, or check the access key and CHATOPS_CLOUD_PROJECT."


class Authentication(Protocol):
    """Makes a request acceptable to the API."""

    def authenticated(self, outgoing: Outgoing) -> AbstractAsyncContextManager[Outgoing]:
        """The request with its proof, inside a context in which it may be sent."""

    def accepted(self) -> None:
        """The API took the proof."""

    def refused(self, outgoing: Outgoing, problem: Problem) -> bool:
        """The API did not take the request; true if that was for its proof, and another one can be had."""


class KeyAuthentication:
    """AK/SK: every request is signed, and one that was refused is never repeated."""

    def __init__(
        self, *, settings: ClientSettings, credentials: AccessKey, identity: Identity, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._identity = identity
        self._clock = clock
        refusals = Refusals(settings.state_folder, f"{settings.endpoint} key {credentials.access_key}")
        self._guard = Guard(clock=clock, what="The access key", refusals=refusals)
        self._flight = SingleFlight[str]()
        self._project_id = settings.project_id

    @asynccontextmanager
    async def authenticated(self, outgoing: Outgoing) -> AsyncIterator[Outgoing]:
        """The signed request.

        Raises:
            AttemptFailed: the body is too large to be signed, the project is not found, or the key was refused so
                often that another try could lock it. Nothing was sent.

        """
        if len(outgoing.body or b"") > MOST_SIGNED_BYTES:
            raise AttemptFailed(
                Problem(
                    error=RequestTooLarge,
                    message=f"The request has {len(outgoing.body or b'')} bytes; a signed one may have 12 MB.",
                    fate=Fate.UNSENT,
                    next_step="Ask for less at once.",
                )
            )
        project_id = await self._flight.get(lambda: self._project_id, self._find_project)
        async with self._guard.turn():
            yield self._signed(outgoing, {"X-Project-Id": project_id})

    def accepted(self) -> None:
        """The key is good: others need not wait for their turn."""
        self._guard.accepted()

    def refused(self, outgoing: Outgoing, problem: Problem) -> bool:  # noqa: ARG002  # of the protocol: a signature has no successor
        """A signature that was refused would be refused again."""
        if problem.refused_credentials:
            self._guard.refused()
        return False

    def _signed(self, outgoing: Outgoing, extra: Mapping[str, str]) -> Outgoing:
        """The host is signed as it is sent, with its port where it has one."""
        signed = {name: value for name, value in outgoing.headers.items() if name.lower() in _SIGNED}
        signed |= {"Host": urlsplit(outgoing.origin).netloc, "X-Sdk-Date": timestamp(self._clock()), **extra}
        if self._credentials.security_token is not None:
            signed["X-Security-Token"] = self._credentials.security_token.get_secret_value()
        proof = authorization(
            self._credentials.access_key,
            self._credentials.secret_key.get_secret_value(),
            method=outgoing.method,
            path=outgoing.path,
            query=outgoing.query,
            headers=signed,
            body=outgoing.body,
        )
        return outgoing.with_headers({**signed, "Authorization": proof})

    async def _find_project(self) -> str:
        """The id of the project by its name: the vendor's own client sends it with every signed request."""
        self._project_id = await self._identity.ask(
            self._project_request, self._read_project, guard=self._guard, next_step=_PROJECT_NEXT
        )
        return self._project_id

    def _read_project(self, _: Received, document: dict[str, JsonValue]) -> str:
        projects = document.get("projects")
        for each in map(as_mapping, projects if isinstance(projects, list) else []):
            identifier = each.get("id")
            if each.get("name") == self._settings.project and isinstance(identifier, str) and identifier:
                return identifier
        raise AttemptFailed(
            Problem(
                error=UpstreamRejected,
                message=f"There is no project {self._settings.project!r} for this access key.",
                fate=Fate.UNSENT,
                next_step=_PROJECT_NEXT,
            )
        )

    def _project_request(self) -> Outgoing:
        outgoing = Outgoing(
            method="GET",
            origin=self._settings.iam_endpoint,
            path="/v3/projects",
            query=query_string([("name", self._settings.project)]),
            headers={"Content-Type": "application/json", "User-Agent": USER_AGENT},
        )
        return self._signed(outgoing, {})


class TokenAuthentication:
    """An IAM token, replaced once when the API says that it is stale."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    @asynccontextmanager
    async def authenticated(self, outgoing: Outgoing) -> AsyncIterator[Outgoing]:
        """The request with a token.

        Raises:
            AttemptFailed: IAM gave none. Nothing was sent.

        """
        yield outgoing.with_headers({TOKEN_HEADER: await self._tokens.current()})

    def accepted(self) -> None:
        """Nothing to remember."""

    def refused(self, outgoing: Outgoing, problem: Problem) -> bool:
        """A stale token is no longer used; whoever asks next gets another. Other refusals are not its fault."""
        if problem.stale:
            self._tokens.forget(outgoing.headers[TOKEN_HEADER])
        return problem.stale


def authentication_for(settings: ClientSettings, identity: Identity, clock: Callable[[], float]) -> Authentication:
    """The way in that these credentials open."""
    credentials = settings.credentials
    if isinstance(credentials, Password):
        return TokenAuthentication(Tokens(settings=settings, credentials=credentials, identity=identity, clock=clock))
    return KeyAuthentication(settings=settings, credentials=credentials, identity=identity, clock=clock)
