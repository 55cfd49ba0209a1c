"""Personal tokens, and headers that hold none."""

import pytest

from tests.chatops.surfaces.mcp.served import TOKENS, Served

pytestmark = pytest.mark.process


def why_not(served: Served, *authorizations: str) -> str:
    headers = [("Accept", "application/json, text/event-stream"), *(("Authorization", each) for each in authorizations)]
    answer = served.client.post(served.mcp, headers=headers, json={})
    assert answer.status_code == 401
    return str(answer.json()["error_description"])


def test_personal_token_is_its_person(served: Served) -> None:
    assert served.ask(TOKENS["alice"]).status_code == 200
    assert served.ask(TOKENS["vera"]).status_code == 200


def test_personal_token_that_has_expired_is_refused_by_its_name(served: Served) -> None:
    assert "the personal token old has expired" in why_not(served, f"Bearer {TOKENS['old']}")


@pytest.mark.parametrize("change", [str.upper, lambda token: token[:-1], lambda token: token + "0"])
def test_personal_token_that_the_team_file_does_not_hold_is_refused(served: Served, change: object) -> None:
    assert callable(change)
    assert "not" in why_not(served, f"Bearer {change(TOKENS['alice'])}")


def test_scheme_is_read_in_any_case(served: Served) -> None:
    answer = served.ask(None, authorization=f"bEARER {TOKENS['alice']}")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer a b", "Basic YTpi", TOKENS["alice"], f"Token {TOKENS['alice']}"]
)
def test_header_without_a_bearer_token_is_refused(served: Served, header: str) -> None:
    assert "holds no bearer token" in why_not(served, header)


def test_two_headers_are_refused_even_if_one_of_them_is_right(served: Served) -> None:
    right = f"Bearer {TOKENS['alice']}"
    assert "several Authorization headers" in why_not(served, right, right)


def test_oversized_token_is_refused_before_it_is_looked_at(served: Served) -> None:
    assert "longer than 8192 characters" in why_not(served, "Bearer " + "a" * 9000)
    beyond = served.client.post(served.mcp, headers={"Authorization": "Bearer " + "a" * 200_000}, json={})
    assert beyond.status_code in {400, 431}


def test_token_in_the_address_counts_for_nothing(served: Served) -> None:
    answer = served.client.post(f"{served.mcp}?access_token={TOKENS['alice']}", json={})
    assert answer.status_code == 401
