"""What passes to the protocol, and as whom."""

import json
import subprocess
from typing import Any

import pytest

from chatops.demo.stage import chatops_command
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.issuer import Issuer
from tests.chatops.surfaces.mcp.served import AUDIENCE, TOKENS, Served, wait_until

pytestmark = pytest.mark.process

PHONE = "efjy72gs"


def reading(issuer: Issuer, subject: str = "alice-sub") -> str:
    """A token that is good for reading only."""
    return issuer.token(AUDIENCE, scope="openid chatops:read", sub=subject)


def tools_of(served: Served, token: str) -> set[str]:
    answer = served.ask(token)
    assert answer.status_code == 200, answer.text
    return {tool["name"] for tool in answer.json()["result"]["tools"]}


def legacy_call(tool: str, **arguments: object) -> dict[str, Any]:
    params = {"name": tool, "arguments": arguments or {"instance_ids": [PHONE]}}
    return {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params}


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE", "PUT", "OPTIONS"])
def test_nothing_passes_without_a_token_on_loopback_either(served: Served, method: str) -> None:
    answer = served.client.request(method, served.mcp)
    assert answer.status_code == 401
    metadata = f"{served.url}/.well-known/oauth-protected-resource/mcp"
    assert answer.headers["WWW-Authenticate"] == f'Bearer scope="chatops:read", resource_metadata="{metadata}"'


def test_challenge_leads_to_the_metadata_that_names_the_issuer(served: Served, issuer: Issuer) -> None:
    document = served.client.get(f"{served.url}/.well-known/oauth-protected-resource/mcp").json()
    assert document["authorization_servers"] == [issuer.url]
    assert document["resource"] == served.mcp
    assert document["scopes_supported"] == ["chatops:read", "chatops:change"]


def test_assistant_is_written_down_as_a_claim_of_the_person_behind_the_token(served: Served, issuer: Issuer) -> None:
    served.call(issuer.token(AUDIENCE), "list_skus")
    served.post(TOKENS["vera"], legacy_call("list_skus", wrong=1), served.open_session(TOKENS["vera"]))

    def read() -> list[dict[str, Any]]:
        return [event for event in audited(served.environment) if event["action"] == "list_skus"]

    wait_until(lambda: len(read()) == 2)  # reads are written down within a second
    assert [(event["person"], event["door"], event["assistant"]) for event in read()] == [
        ("vera", "mcp", {"name": "old tester", "version": "2"}),  # refused, so written at once
        ("alice", "mcp", {"name": "tester", "version": "1"}),
    ]


def test_list_holds_what_the_roles_include_whatever_the_scopes_are(served: Served, issuer: Issuer) -> None:
    everything = tools_of(served, TOKENS["alice"])
    assert "reset_instances" in everything
    assert tools_of(served, reading(issuer)) == everything
    assert "reset_instances" not in tools_of(served, TOKENS["vera"])


def test_groups_bring_roles_to_somebody_who_is_named(served: Served, issuer: Issuer) -> None:
    assert tools_of(served, issuer.token(AUDIENCE, sub="gus-sub", groups=["other", "strangers"])) == set()
    grouped = issuer.token(AUDIENCE, sub="gus-sub", groups=["other", "phone-oncall"])
    assert "reboot_instances" in tools_of(served, grouped)


def test_what_somebody_asks_for_by_their_group_is_carried_out_when_it_is_approved(
    served: Served, issuer: Issuer
) -> None:
    grouped = issuer.token(AUDIENCE, sub="gus-sub", groups=["phone-oncall"])
    asked = served.call(grouped, "reset_instances", instance_ids=[PHONE]).json()["result"]["structuredContent"]
    assert asked["status"] == "approval_required", asked
    done = subprocess.run(
        chatops_command("approvals", "approve", asked["operation_id"], "--json"),
        env={**served.environment, "CHATOPS_AS": "bob"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["status"] == "accepted", done.stdout


def test_person_nobody_knows_is_told_what_the_team_file_lacks(served: Served, issuer: Issuer) -> None:
    answer = served.ask(issuer.token(AUDIENCE, sub="mallory", groups=["phone-oncall"]))
    assert answer.status_code == 403
    assert answer.json()["error"] == "unknown_person"
    assert f'oidc: ["{issuer.url}|mallory"]' in answer.json()["error_description"]


def test_token_without_any_scope_of_ours_reads_nothing(served: Served, issuer: Issuer) -> None:
    answer = served.ask(issuer.token(AUDIENCE, scope="openid email"))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="chatops:read"' in answer.headers["WWW-Authenticate"]


def test_reading_scope_reads_and_is_asked_for_more_when_it_changes_something(served: Served, issuer: Issuer) -> None:
    token = reading(issuer)
    assert served.call(token, "query_status", instance_ids=[PHONE]).json()["result"]["isError"] is False
    answer = served.call(token, "set_video", instance_ids=[PHONE])
    assert answer.status_code == 403
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer error="insufficient_scope"')
    assert 'scope="chatops:change"' in challenge
    assert f'resource_metadata="{served.url}/.well-known/oauth-protected-resource/mcp"' in challenge


def test_older_era_is_asked_for_more_as_well(served: Served, issuer: Issuer) -> None:
    token = reading(issuer)
    session = served.open_session(token)
    assert served.post(token, legacy_call("query_status"), session).status_code == 200
    assert served.post(token, legacy_call("reboot_instances"), session).status_code == 403
    assert (
        served.post(token, [legacy_call("query_status"), legacy_call("reboot_instances")], session).status_code == 403
    )
    more = served.post(issuer.token(AUDIENCE), legacy_call("reboot_instances"), session)
    assert more.status_code == 200
    assert "insufficient_scope" not in more.text


def test_what_the_roles_lack_does_not_exist_and_no_scope_is_asked_for(served: Served, issuer: Issuer) -> None:
    token = reading(issuer, "gus-sub")
    for tool in ("reboot_instances", "no_such_tool"):
        error = served.call(token, tool, instance_ids=[PHONE]).json()["error"]
        assert error["message"] == f"Unknown tool: {tool}"


@pytest.mark.parametrize(
    "body",
    [
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"set_video"},"method":"tools/list","x":%s}'
        % ("1" * 5000),
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"set_video","arguments":%s}}' % ("[" * 50_000),
        "{",
    ],
    ids=["number", "nesting", "torn"],
)
def test_body_that_cannot_be_judged_goes_no_further(served: Served, issuer: Issuer, body: str) -> None:
    token = reading(issuer)
    session = served.open_session(token)
    answer = served.client.post(
        served.mcp,
        content=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "Mcp-Session-Id": session,
        },
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == -32700


def test_what_was_judged_is_what_is_carried_out(served: Served, issuer: Issuer) -> None:
    token = reading(issuer)
    session = served.open_session(token)
    twice = json.dumps(legacy_call("reboot_instances"))[:-1] + ', "method": "tools/list", "params": {}}'
    answer = served.client.post(
        served.mcp,
        content=twice,
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "Mcp-Session-Id": session,
        },
    )
    assert answer.status_code == 200
    assert '"tools":[' in answer.text


def test_session_of_somebody_else_is_not_found(served: Served, issuer: Issuer) -> None:
    session = served.open_session(TOKENS["alice"])
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    assert served.post(TOKENS["bob"], listing, session).status_code == 404
    assert served.post(issuer.token(AUDIENCE, sub="bob-sub"), listing, session).status_code == 404
    assert (
        served.client.delete(
            served.mcp, headers={"Authorization": f"Bearer {TOKENS['bob']}", "Mcp-Session-Id": session}
        ).status_code
        == 404
    )
    assert served.post(TOKENS["alice"], listing, session).status_code == 200
    assert served.post(issuer.token(AUDIENCE), listing, session).status_code == 200


def test_name_that_leads_here_without_being_ours_is_refused(served: Served) -> None:
    for host in ("evil.example.com", "localhost", "127.0.0.1.evil.example.com:80", ""):
        assert served.ask(TOKENS["alice"], Host=host).status_code in {400, 421}
    assert served.ask(TOKENS["alice"], Host=served.url.removeprefix("http://")).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "http://127.0.0.1:1", "http://localhost"])
def test_page_of_somebody_else_is_refused(served: Served, origin: str) -> None:
    assert served.ask(TOKENS["alice"], Origin=origin).status_code == 403
    for ours in (served.url, served.url.replace("127.0.0.1", "localhost")):
        answered = served.ask(TOKENS["alice"], Origin=ours)
        assert answered.status_code == 200
        assert "access-control-allow-origin" not in answered.headers
    legacy = served.client.post(
        served.mcp,
        json=legacy_call("query_status"),
        headers={
            "Authorization": f"Bearer {TOKENS['alice']}",
            "Accept": "application/json, text/event-stream",
            "Origin": origin,
        },
    )
    assert legacy.status_code == 403


def test_body_beyond_the_limit_is_refused(served: Served, issuer: Issuer) -> None:
    for token in (TOKENS["alice"], reading(issuer)):
        assert served.call(token, "run_command", command="x" * 1024 * 1024).status_code == 413
