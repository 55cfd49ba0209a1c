"""Tokens of an identity provider, good and forged, against the real process."""

import hmac
import json
import time

import pytest

from tests.chatops.surfaces.mcp.issuer import Issuer, SigningKey, encoded, forged, signed
from tests.chatops.surfaces.mcp.served import AUDIENCE, Served

pytestmark = pytest.mark.process

SCOPE_NEEDED = 'scope="chatops:read"'


def accepted(served: Served, token: str) -> bool:
    answer = served.ask(token)
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


def why_not(served: Served, token: str) -> str:
    """What a token that is not accepted is answered; whoever sent it is told where to get another one."""
    answer = served.ask(token)
    assert answer.status_code == 401, answer.text
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="invalid_token"')
    assert f'resource_metadata="{served.url}/.well-known/oauth-protected-resource/mcp"' in challenge
    assert SCOPE_NEEDED in challenge
    assert token not in answer.text
    return str(answer.json()["error_description"])


def test_signed_token_is_the_person_whom_the_team_file_names(served: Served, issuer: Issuer) -> None:
    assert accepted(served, issuer.token(AUDIENCE))
    assert accepted(served, issuer.token(AUDIENCE, aud=["https://other.example.com", AUDIENCE]))


def test_token_for_another_audience_is_refused(served: Served, issuer: Issuer) -> None:
    assert "another audience" in why_not(served, issuer.token("https://chatops.example.com/other"))
    assert "a claim is missing" in why_not(served, issuer.token(AUDIENCE, aud=None))


def test_token_of_another_issuer_is_refused(served: Served, issuer: Issuer) -> None:
    assert "another issuer" in why_not(served, issuer.token(AUDIENCE, iss="https://id.example.org"))
    assert "a claim is missing" in why_not(served, issuer.token(AUDIENCE, iss=None))


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_unsigned_token_is_refused(served: Served, issuer: Issuer, name: str) -> None:
    header = {"alg": name, "kid": "first", "typ": "JWT"}
    assert "algorithm is not accepted" in why_not(served, forged(issuer.claims(AUDIENCE), header))


def test_hmac_with_the_public_key_as_its_secret_is_refused(served: Served, issuer: Issuer) -> None:
    header = {"alg": "HS256", "kid": "first", "typ": "JWT"}
    unsigned = forged(issuer.claims(AUDIENCE), header).rpartition(".")[0]
    for secret in (issuer.keys[0].public_text, json.dumps(issuer.keys[0].document).encode()):
        signature = encoded(hmac.digest(secret, unsigned.encode(), "sha256"))
        assert "algorithm is not accepted" in why_not(served, f"{unsigned}.{signature}")


def test_algorithm_of_another_kind_of_key_is_refused(served: Served, issuer: Issuer) -> None:
    rsa = SigningKey.new_rsa("first")
    assert "not a token that can be verified" in why_not(served, issuer.token(AUDIENCE, key=rsa))


def test_token_that_brings_its_own_key_is_refused(served: Served, issuer: Issuer) -> None:
    own = SigningKey.new("own")
    token = signed(issuer.claims(AUDIENCE), own, kid="first", jwk=own.document, jku="http://127.0.0.1:1/keys")
    assert "signature is not right" in why_not(served, token)


def test_changed_claims_are_refused(served: Served, issuer: Issuer) -> None:
    header, _, signature = issuer.token(AUDIENCE, sub="vera-sub").split(".")
    claims = encoded(json.dumps(issuer.claims(AUDIENCE)).encode())
    assert "signature is not right" in why_not(served, f"{header}.{claims}.{signature}")


def test_expired_token_is_refused_once_the_clocks_cannot_explain_it(served: Served, issuer: Issuer) -> None:
    now = int(time.time())
    assert accepted(served, issuer.token(AUDIENCE, exp=now - 5))
    assert "has expired" in why_not(served, issuer.token(AUDIENCE, exp=now - 40))
    assert "a claim is missing" in why_not(served, issuer.token(AUDIENCE, exp=None))


def test_token_of_tomorrow_is_refused(served: Served, issuer: Issuer) -> None:
    now = int(time.time())
    assert accepted(served, issuer.token(AUDIENCE, nbf=now + 20))
    assert "not valid yet" in why_not(served, issuer.token(AUDIENCE, nbf=now + 60))


def test_token_without_its_person_is_refused(served: Served, issuer: Issuer) -> None:
    assert "a claim is missing" in why_not(served, issuer.token(AUDIENCE, sub=None))


def test_unknown_key_is_refused(served: Served, issuer: Issuer) -> None:
    stranger = SigningKey.new("stranger")
    assert "the issuer does not have" in why_not(served, issuer.token(AUDIENCE, key=stranger))
    nameless = signed(issuer.claims(AUDIENCE), issuer.keys[0], kid="")
    assert "does not name its key" in why_not(served, nameless)


@pytest.mark.parametrize("token", ["x", "a.b.c", "....", encoded(b"[" * 5000) + ".e30.e30", encoded(b"[]") + ".e30."])
def test_whatever_is_no_token_is_refused(served: Served, token: str) -> None:
    assert "neither a personal token nor a signed one" in why_not(served, token)


def test_scopes_are_read_in_both_spellings(served: Served, issuer: Issuer) -> None:
    for more in ({"scope": None, "scp": ["chatops:read"]}, {"scope": None, "scp": "openid chatops:change"}):
        assert accepted(served, issuer.token(AUDIENCE, **more))
