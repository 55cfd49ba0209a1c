"""Tokens that an identity provider has signed (RFC 9068): verified with its keys, and turned into what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt

from chatops.listening import Issuer
from chatops.surfaces.mcp.auth.credential import Unauthenticated
from chatops.surfaces.mcp.auth.keys import SigningKeys

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a private key only. "none", and HMAC with a key that is public, are how tokens are forged."""

LEEWAY: Final = 30
"""Seconds by which clocks may differ."""

_MOST_GROUPS = 1000
_REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: "it has expired",
    jwt.ImmatureSignatureError: "it is not valid yet",
    jwt.InvalidAudienceError: "it is for another audience",
    jwt.InvalidIssuerError: "it comes from another issuer",
    jwt.MissingRequiredClaimError: "a claim is missing; exp, iss, aud and sub are needed",
    jwt.InvalidSignatureError: "its signature is not right",
}


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a token says, once its signature, its issuer, its audience and its times are right."""

    subject: str
    scopes: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class AccessTokens:
    """Verifies the tokens of one issuer."""

    issuer: Issuer
    keys: SigningKeys

    async def verify(self, token: str) -> Verified:
        """What the token says.

        Raises:
            Unauthenticated: it is not accepted.
            CannotVerify: the keys cannot be had just now.

        """
        algorithm, key_id = _header(token)
        found = await self.keys.find(key_id)
        if found is None:
            raise Unauthenticated("it is signed with a key that the issuer does not have")
        try:
            key = jwt.PyJWK.from_dict(dict(found), algorithm)
            if found.get("alg", algorithm) != algorithm:
                raise Unauthenticated("its key is for another algorithm")
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.issuer.audience,
                issuer=self.issuer.url,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(_REASONS.get(type(error), "it is not a token that can be verified")) from None
        return Verified(
            subject=str(claims["sub"]),
            scopes=_words(claims.get("scope")) | _words(claims.get("scp")),
            groups=frozenset([*_listed(claims.get("groups"))][:_MOST_GROUPS]),
        )


def _header(token: str) -> tuple[str, str]:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError):
        raise Unauthenticated("it is neither a personal token nor a signed one") from None
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise Unauthenticated("its algorithm is not accepted")
    if not isinstance(key_id, str) or not key_id:
        raise Unauthenticated("it does not name its key")
    return algorithm, key_id


def _words(value: Any) -> frozenset[str]:  # noqa: ANN401  # whatever a token holds
    return frozenset(value.split() if isinstance(value, str) else _listed(value))


def _listed(value: Any) -> frozenset[str]:  # noqa: ANN401  # whatever a token holds
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
