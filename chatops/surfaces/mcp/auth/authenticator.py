"""From the headers of a request to a person of the team file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chatops.people import HasTeam
from chatops.personal_tokens import PREFIX, matching
from chatops.surfaces.mcp.auth.access_tokens import AccessTokens
from chatops.surfaces.mcp.auth.credential import SCOPES, Credential, Unauthenticated, UnknownPerson
from tools import clean_text

TOKEN_LIMIT: Final = 8 * 1024
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_IDENTITY_LIMIT = 512


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """Knows the team as it is now, and an identity provider where one is configured."""

    team: HasTeam
    access_tokens: AccessTokens | None

    async def identify(self, authorizations: Sequence[str]) -> Credential:
        """Whose request it is that carries these Authorization headers.

        Raises:
            Unauthenticated: there is no token, or not one that is accepted.
            UnknownPerson: the team file does not name the person.
            CannotVerify: the identity provider's keys cannot be had just now.

        """
        token = _token(authorizations)
        if token.startswith(PREFIX):
            return self._by_personal(token)
        if self.access_tokens is None:
            raise Unauthenticated("it is not a personal token, and no identity provider is configured")
        verified = await self.access_tokens.verify(token)
        identity = f"{self.access_tokens.issuer.url}|{verified.subject}"
        person = self.team.team.at_issuer(identity)
        if person is None:
            shown = clean_text(identity, limit=_IDENTITY_LIMIT, lines=False)
            raise UnknownPerson(
                f'The team file names nobody who is {shown}. Have this added to a person there: oidc: ["{shown}"]'
            )
        # Groups that mean nothing here are none of our business: they would only be kept with every operation.
        known = verified.groups & self.team.team.oidc_groups.keys()
        return Credential(person=person, scopes=verified.scopes, groups=known)

    def _by_personal(self, token: str) -> Credential:
        found = matching(token, self.team.team.tokens())
        if found is None:
            raise Unauthenticated("the team file does not hold this personal token, or no longer")
        person, known = found
        if known.is_expired:
            raise Unauthenticated(f"the personal token {known.name} has expired; make another: chatops token new")
        return Credential(person=person, scopes=frozenset(SCOPES))


def _token(authorizations: Sequence[str]) -> str:
    if not authorizations:
        raise Unauthenticated
    if len(authorizations) > 1:
        raise Unauthenticated("there are several Authorization headers")
    value = authorizations[0]
    if len(value) > TOKEN_LIMIT:
        raise Unauthenticated(f"it is longer than {TOKEN_LIMIT} characters")
    found = _BEARER.fullmatch(value.strip())
    if found is None:
        raise Unauthenticated("the Authorization header holds no bearer token")
    return found[1]
