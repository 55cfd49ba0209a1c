import pytest

from tests.chatops.simulator.harness import Cloud, MakeCloud, outcome

pytestmark = pytest.mark.anyio
BODY = {"instance_ids": ["efjy72gs"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_simulator/faults"),
        ("DELETE", "/_simulator/faults"),
        ("GET", "/_simulator/requests"),
        ("DELETE", "/_simulator/requests"),
        ("POST", "/_simulator/orders/CS1/pay"),
    ],
)
async def test_admin_routes_do_not_exist_unless_asked_for(cloud: Cloud, method: str, path: str) -> None:
    assert outcome(await cloud.send(method, path)) == (404, "APIGW.0101")


async def test_faults_are_armed_and_disarmed(make_cloud: MakeCloud) -> None:
    async with make_cloud(faults=True) as cloud:
        armed = await cloud.client.post("/_simulator/faults", json={"kind": "throttled", "operation": "reboot"})
        assert (armed.status_code, armed.json()) == (201, {"armed": 1})
        assert outcome(await cloud.post("reboot", BODY)) == (429, "APIGW.0308")
        assert (await cloud.client.delete("/_simulator/faults")).status_code == 204
        assert outcome(await cloud.post("reboot", BODY)) == (200, "0")


@pytest.mark.parametrize("content", [b"nonsense", b"[]", b'{"kind":"explosion"}', b'{"kind":"html","x":1}'])
async def test_a_fault_that_is_none_is_refused_with_the_known_kinds(make_cloud: MakeCloud, content: bytes) -> None:
    async with make_cloud(faults=True) as cloud:
        answer = await cloud.client.post("/_simulator/faults", content=content)
        assert answer.status_code == 400
        assert "drop_after" in answer.json()["kinds"]


async def test_requests_are_shown_and_forgotten_without_being_recorded_themselves(make_cloud: MakeCloud) -> None:
    async with make_cloud(faults=True) as cloud:
        await cloud.post("reboot", BODY)
        shown = (await cloud.client.get("/_simulator/requests")).json()
        assert shown["total"] == 2
        assert [request["operation"] for request in shown["requests"]] == ["iam-token", "reboot"]
        assert shown["requests"][1]["body"] == BODY
        assert (await cloud.client.delete("/_simulator/requests")).status_code == 204
        assert (await cloud.client.get("/_simulator/requests")).json() == {"total": 2, "requests": []}


async def test_an_order_is_paid_as_in_the_console(make_cloud: MakeCloud) -> None:
    async with make_cloud(faults=True) as cloud:
        order = {
            "os": "AOSP9",
            "instanceSkuId": "kp.professional.xlarge.32g.2",
            "bandSkuId": "kp.bandwidth",
            "regionId": "cn-north-4",
            "instanceNamePrefix": "paid",
            "bandSize": 4,
            "count": 3,
            "chargeParam": {"chargingMode": 1, "periodType": 2, "periodNum": 1},
        }
        placed = (await cloud.post("create", order)).json()["data"]
        assert len(placed["instanceInfos"]) == 3
        assert len(cloud.simulator.fleet) == 60
        path = f"/_simulator/orders/{placed['orderId']}/pay"
        assert [(await cloud.client.post(path)).status_code for _ in range(2)] == [204, 404]
        assert len(cloud.simulator.fleet) == 63
