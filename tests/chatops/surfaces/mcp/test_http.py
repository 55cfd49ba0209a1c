"""chatops serve as a process: how it starts, what it refuses to start with, and how it ends."""

import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from chatops.control import every_action
from chatops.simulator import Fault, RunningSimulator
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.served import TOKENS, Served, environment_of, refused, start, wait_until

pytestmark = [pytest.mark.anyio, pytest.mark.process]

PHONE = "efjy72gs"
Environment = Callable[..., dict[str, str]]


@pytest.fixture
def environment(cloud: RunningSimulator, tmp_path: Path) -> Environment:
    def of(**more: str) -> dict[str, str]:
        return environment_of(tmp_path, cloud.url, **more)

    return of


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
async def test_official_client_is_served_in_both_eras(served: Served, mode: str, version: str) -> None:
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKENS['alice']}"}, trust_env=False) as http,
        Client(streamable_http_client(served.mcp, http_client=http), mode=mode) as client,
    ):
        assert client.protocol_version == version
        assert [each.name for each in (await client.list_tools()).tools] == list(every_action())
        summary = await client.call_tool("fleet_summary", {})
        refusal = await client.call_tool("delete_instances", {"instance_ids": [PHONE]})
    assert summary.structured_content is not None
    assert summary.structured_content["data"]["phones"] == 60
    assert refusal.structured_content is not None


def test_health_is_told_without_a_token(served: Served) -> None:
    assert served.client.get(f"{served.url}/healthz").json() == {"status": "ok"}
    ready = served.client.get(f"{served.url}/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "store": "ok", "policy": "ok"})
    assert served.client.get(f"{served.url}/mcp/").status_code == 404


def test_lost_store_is_told_and_reads_go_on(environment: Environment, tmp_path: Path) -> None:
    with start(environment()) as running:
        assert running.client.get(f"{running.url}/readyz").status_code == 200
        for file in (tmp_path / "state").glob("chatops.db*"):
            file.rename(tmp_path / file.name)
        ready = running.client.get(f"{running.url}/readyz")
        assert (ready.status_code, ready.json()["store"]) == (503, "store_unavailable")
        assert str(tmp_path) not in ready.text
        assert running.call(TOKENS["alice"], "query_status", instance_ids=[PHONE]).json()["result"]["isError"] is False
        assert running.ask(TOKENS["alice"]).status_code == 200


def test_reload_that_fails_is_told_and_revoking_a_token_takes_effect_with_the_next(
    environment: Environment, tmp_path: Path
) -> None:
    with start(environment()) as running:
        file = tmp_path / "chatops.yaml"
        text = file.read_text(encoding="utf-8")

        def reload(changed: str) -> None:
            file.write_text(changed, encoding="utf-8")
            running.process.send_signal(signal.SIGHUP)

        def policy() -> str:
            return str(running.client.get(f"{running.url}/readyz").json()["policy"])

        reload(text + "peple: {}\n")
        wait_until(lambda: policy() == "reload_failed")
        assert running.ask(TOKENS["alice"]).status_code == 200
        reload(text.replace("bob:", "bert:").replace("laptop", "desk", 1))
        wait_until(lambda: policy() == "ok")
        assert running.ask(TOKENS["alice"]).status_code == 200
        reload(text.replace("tokens:", "terminal: [] #", 1).replace("- {", "# "))
        wait_until(lambda: running.ask(TOKENS["alice"]).status_code == 401)
        file.chmod(0o660)
        reload(text)
        wait_until(lambda: policy() == "reload_failed")
        assert running.ask(TOKENS["alice"]).status_code == 401


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HOST": "0.0.0.0"}, "CHATOPS_PUBLIC_URL=https://HOST"),  # noqa: S104  # refused
        ({"HOST": "203.0.113.7", "PUBLIC_URL": "https://c.example.com"}, "CHATOPS_HOST"),
        ({"OIDC_ISSUER": "http://id.example.com"}, "CHATOPS_OIDC_ISSUER"),
        ({"PORT": "x"}, "CHATOPS_PORT"),
    ],
)
def test_setting_that_cannot_be_used_stops_the_start(
    environment: Environment, variables: Mapping[str, str], said: str
) -> None:
    assert said in refused(environment(**variables))


def test_port_of_somebody_else_stops_the_start(environment: Environment, served: Served) -> None:
    assert "CHATOPS_PORT to a free port" in refused(environment(PORT=served.url.rpartition(":")[2]))


def test_without_a_way_to_say_who_one_is_nothing_is_served(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "chatops.yaml").write_text("people:\n  alice: {roles: [operator]}\n", encoding="utf-8")
    assert "chatops token new" in refused(environment())


def test_store_that_cannot_be_opened_stops_the_start(environment: Environment, tmp_path: Path) -> None:
    variables = environment()
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state" / "chatops.db").write_bytes(b"no database" * 1000)
    (tmp_path / "state" / "chatops.db").chmod(0o600)
    (tmp_path / "state" / "state.key").write_text("k" * 40, encoding="ascii")
    (tmp_path / "state" / "state.key").chmod(0o600)
    assert "chatops.db" in refused(variables, code=1)


@pytest.mark.parametrize("place", ["chatops.yaml", "rules", "rules/own.cedar"])
def test_file_that_others_may_write_stops_the_start(environment: Environment, tmp_path: Path, place: str) -> None:
    (tmp_path / "rules").mkdir(mode=0o700)
    (tmp_path / "rules" / "own.cedar").touch(mode=0o600)
    variables = environment(POLICY_DIR=str(tmp_path / "rules"))
    file = tmp_path / place
    file.chmod(file.stat().st_mode | 0o020)
    assert f"chmod go-w {file}" in refused(variables)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_signal_ends_it_although_clients_listen(environment: Environment, number: signal.Signals) -> None:
    with start(environment()) as running:
        session = running.open_session(TOKENS["alice"])
        headers = {"Authorization": f"Bearer {TOKENS['alice']}"}
        with (
            running.client.stream(
                "GET", running.mcp, headers={**headers, "Mcp-Session-Id": session, "Accept": "text/event-stream"}
            ) as older,
            running.listen(TOKENS["alice"]) as newer,
        ):
            assert (older.status_code, newer.status_code) == (200, 200)
            lines = newer.iter_lines()
            assert "acknowledged" in next(line for line in lines if line.startswith("data:"))
            running.process.send_signal(number)
            assert list(older.iter_lines()) == []
            assert '"result"' in next(line for line in lines if line.startswith("data:"))
        assert running.end(0) == (0, "")


def test_call_under_way_is_answered_before_the_end_and_no_other_begins(
    environment: Environment, cloud: RunningSimulator
) -> None:
    cloud.simulator.faults.add(Fault(kind="slow", seconds=1, operation="async-command", times=1))
    answers: list[httpx2.Response] = []
    with start(environment()) as running:

        def call() -> None:
            answers.append(running.call(TOKENS["alice"], "start_command", instance_ids=[PHONE], command="uptime"))

        thread = threading.Thread(target=call)
        thread.start()
        wait_until(lambda: not len(cloud.simulator.faults))
        running.process.send_signal(signal.SIGTERM)
        thread.join()
        assert answers[0].json()["result"]["structuredContent"]["status"] in {"done", "accepted"}
        assert running.end(0) == (0, "")
    assert [event["kind"] for event in audited(running.environment)][:4] == ["asked", "planned", "sent", "settled"]


def test_second_signal_waits_for_no_read(environment: Environment, cloud: RunningSimulator) -> None:
    cloud.simulator.faults.add(Fault(kind="slow", seconds=3600, operation="batch-query-status", times=1))
    answers: list[httpx2.Response] = []
    with start(environment()) as running:

        def call() -> None:
            answers.append(running.call(TOKENS["alice"], "query_status", instance_ids=[PHONE]))

        thread = threading.Thread(target=call)
        thread.start()
        wait_until(lambda: not len(cloud.simulator.faults))
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not reachable(running))
        ended = running.end()
        thread.join()
    assert (ended, answers[0].status_code) == ((0, ""), 503)


def test_second_signal_waits_for_what_has_been_sent(environment: Environment, cloud: RunningSimulator) -> None:
    cloud.simulator.faults.add(Fault(kind="slow", seconds=2, operation="async-command", times=1))
    with start(environment()) as running:

        def call() -> None:
            running.call(TOKENS["alice"], "start_command", instance_ids=[PHONE], command="uptime")

        thread = threading.Thread(target=call)
        thread.start()
        wait_until(lambda: not len(cloud.simulator.faults))
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not reachable(running))
        assert running.end() == (0, "")
        thread.join()
    assert [event["kind"] for event in audited(running.environment)][:4] == ["asked", "planned", "sent", "settled"]


def reachable(running: Served) -> bool:
    try:
        return httpx2.get(f"{running.url}/healthz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


def test_two_processes_on_one_store_know_the_newer_era_and_each_its_own_sessions(environment: Environment) -> None:
    with start(environment()) as one, start(environment()) as other:
        session = one.open_session(TOKENS["alice"])
        listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
        assert one.post(TOKENS["alice"], listing, session).status_code == 200
        assert other.post(TOKENS["alice"], listing, session).status_code == 404
        done = one.call(TOKENS["alice"], "start_command", instance_ids=[PHONE], command="uptime")
        operation = done.json()["result"]["structuredContent"]["operation_id"]
        assert operation.startswith("op_")
        for running in (one, other):
            assert running.call(TOKENS["alice"], "query_status", instance_ids=[PHONE]).status_code == 200
    assert {event["operation"] for event in audited(one.environment) if event["kind"] == "sent"} == {operation}
