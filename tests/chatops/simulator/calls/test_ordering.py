import pytest

from chatops.simulator.regions import CN_NORTH_7
from chatops.simulator.skus import find_sku
from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio
CHARGE: dict[str, object] = {"chargingMode": 1, "periodType": 2, "periodNum": 1}
ORDER: dict[str, object] = {
    "os": "AOSP9",
    "instanceSkuId": "kp.professional.2xlarge.128g.2",
    "bandSkuId": "kp.bandwidth",
    "regionId": "cn-north-7",
    "instanceNamePrefix": "koophone",
    "bandSize": 4,
    "count": 2,
    "chargeParam": CHARGE,
}


async def _ordered(cloud: Cloud, **changes: object) -> tuple[int, str]:
    return outcome(await cloud.post("create", {**ORDER, **changes}))


@pytest.mark.parametrize(
    "change",
    [
        {"os": "AOSP14"},
        {"os": 9},
        {"instanceSkuId": "x" * 65},
        {"bandSkuId": ""},
        {"regionId": None},
        {"instanceNamePrefix": "x" * 15},
        {"instanceNamePrefix": ""},
        {"bandSize": "4"},
        {"bandSize": 0},
        {"count": 0},
        {"count": 1501},
        {"count": "2"},
        {"count": 1.0},
        {"network": "LAN"},
        {"chargeParam": []},
        {"chargeParam": {**CHARGE, "chargingMode": 0}},
        {"chargeParam": {**CHARGE, "periodType": 1}},
        {"chargeParam": {**CHARGE, "periodNum": "1"}},
        {"chargeParam": {**CHARGE, "isAutoPay": True}},
        {"chargeParam": {**CHARGE, "isAutoRenew": 2}},
    ],
)
async def test_an_order_outside_the_tables_is_refused(cloud: Cloud, change: dict[str, object]) -> None:
    assert await _ordered(cloud, **change) == (400, "1000")
    assert cloud.simulator.tenant.orders.by_id == {}


@pytest.mark.parametrize("name", [name for name in ORDER if name != "os"])
async def test_every_documented_key_is_required(cloud: Cloud, name: str) -> None:
    answer = await cloud.post("create", {key: value for key, value in ORDER.items() if key != name})
    assert outcome(answer) == (400, "1000")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"instanceSkuId": "kp.nothing"}, (200, "3002")),
        ({"regionId": "cn-north-208"}, (200, "3002")),
        ({"os": "AOSP11", "instanceSkuId": "kp.enterprise.xlarge.32g.2"}, (200, "3002")),
        ({"bandSize": 5}, (400, "3001")),
        ({"bandSize": 4.5}, (400, "3001")),
        ({"chargeParam": {**CHARGE, "periodNum": 0}}, (200, "3006")),
        ({"chargeParam": {**CHARGE, "periodType": 3, "periodNum": 0}}, (200, "3007")),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    cloud: Cloud, change: dict[str, object], expected: tuple[int, str]
) -> None:
    assert await _ordered(cloud, **change) == expected


@pytest.mark.parametrize(("kind", "number"), [(2, 1), (2, 9), (3, 1), (3, 3)])
async def test_the_limits_of_a_period_are_accepted(cloud: Cloud, kind: int, number: int) -> None:
    charge = {**CHARGE, "periodType": kind, "periodNum": number}
    assert await _ordered(cloud, chargeParam=charge, count=1500, bandSize=8.0) == (200, "0")


async def test_an_order_that_pays_itself_adds_phones_that_start(cloud: Cloud) -> None:
    answer = await cloud.post("create", {**ORDER, "chargeParam": {**CHARGE, "isAutoPay": 1}})
    data = answer.json()["data"]
    assert [info["instanceName"] for info in data["instanceInfos"]] == ["koophone-00001", "koophone-00002"]
    assert data["orderId"].startswith("CS2508271306")
    assert len(cloud.simulator.fleet) == 62
    created = cloud.simulator.fleet.find(data["instanceInfos"][0]["instanceId"])
    assert created is not None
    assert created.region.id == "cn-north-7"


async def test_an_order_that_waits_for_payment_adds_nothing_until_it_is_paid(cloud: Cloud) -> None:
    data = (await cloud.post("create", ORDER)).json()["data"]
    assert len(cloud.simulator.fleet) == 60
    cloud.simulator.tenant.orders.pay(data["orderId"])
    assert len(cloud.simulator.fleet) == 62


async def test_the_same_order_twice_is_two_orders(cloud: Cloud) -> None:
    orders = {(await cloud.post("create", ORDER)).json()["data"]["orderId"] for _ in range(2)}
    assert len(orders) == 2


async def test_stock_runs_out(cloud: Cloud) -> None:
    sku = find_sku("cn-southwest-252", "kp.professional.xlarge.32g.2")
    assert sku is not None
    change = {"regionId": sku.region, "instanceSkuId": sku.id}
    assert await _ordered(cloud, **change, count=sku.stock) == (200, "0")
    assert await _ordered(cloud, **change, count=1) == (200, "40010")


@pytest.mark.parametrize("kind", ["1", "", "zero"])
async def test_a_sku_type_other_than_zero_is_refused(cloud: Cloud, kind: str) -> None:
    assert outcome(await cloud.send("GET", "/v1/instances/sku", params={"type": kind})) == (400, "1000")


async def test_deletion_removes_all_phones_or_none(cloud: Cloud) -> None:
    payer = next(phone for phone in cloud.simulator.fleet if phone.pay_per_use)
    payer.region = CN_NORTH_7
    answer = await cloud.post("delete", {"instanceIdList": ["XvH39QVW", payer.id]})
    assert outcome(answer) == (400, "5001")
    assert "XvH39QVW" in cloud.simulator.fleet
    assert outcome(await cloud.post("delete", {"instanceIdList": ["XvH39QVW", "Vpp8rC4Y"]})) == (200, "0")
    assert "XvH39QVW" not in cloud.simulator.fleet
    assert "Vpp8rC4Y" not in cloud.simulator.fleet
