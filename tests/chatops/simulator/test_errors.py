"""All 47 rows of the error table: those with a condition by their condition, and every one by a fault."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import httpx2
import pytest

from chatops.simulator import DEMO_ACCOUNT, FOREIGN_PHONE_ID, TENANT_ID, Fault
from chatops.simulator.errors import ApiError, GatewayError, RefusedError, find_error
from chatops.simulator.packages import TENANT_LIMIT_MB, Package
from tests.chatops.simulator.harness import Cloud, MakeCloud, outcome
from tests.chatops.simulator.printed_examples import EXAMPLES

pytestmark = pytest.mark.anyio

ORDER, INSTALL, VIDEO = (
    {**body}
    for name in ("create", "install", "video-setting")
    for body in (next(example.table.body for example in EXAMPLES if example.operation == name),)
    if isinstance(body, dict)
)
FAULTS_ONLY = {
    ApiError.CLOUD_APP_UNKNOWN,
    ApiError.CLOUD_APP_UNAUTHORISED,
    ApiError.NO_IDLE_INSTANCE,
    ApiError.CACHE_EMPTY,
    ApiError.THIRD_PARTY_REFUSED,
    ApiError.DECRYPTION_FAILED,
    ApiError.LOCK_UNAVAILABLE,
    ApiError.THIRD_PARTY_FAILED,
    ApiError.UNKNOWN,
}
Provoke = Callable[[Cloud], Awaitable[httpx2.Response]]


def _sent(call: str, body: object) -> Provoke:
    return lambda cloud: cloud.post(call, body)


def _ordered(**changes: object) -> Provoke:
    return _sent("create", {key: value for key, value in {**ORDER, **changes}.items() if value is not None})


def _charged(kind: int, number: int) -> Provoke:
    return _ordered(chargeParam={"chargingMode": 1, "periodType": kind, "periodNum": number})


def _installed(**changes: object) -> Provoke:
    return _sent("app/install", {**INSTALL, **changes})


def _with_headers(**headers: str) -> Provoke:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda cloud: cloud.send("POST", "/v1/instances/reboot", {"instance_ids": ["efjy72gs"]}, headers=sent)


def _rebooted(phone_id: str) -> Provoke:
    return _sent("reboot", {"instance_ids": [phone_id]})


async def _frozen(cloud: Cloud) -> httpx2.Response:
    return await _rebooted(next(phone.id for phone in cloud.simulator.fleet if phone.frozen))(cloud)


async def _restoring(cloud: Cloud) -> httpx2.Response:
    moving = (phone for phone in cloud.simulator.fleet if phone.journey is not None)
    return await _rebooted(next(phone.id for phone in moving if not phone.on_hardware))(cloud)


async def _backing_up(cloud: Cloud) -> httpx2.Response:
    await cloud.post("backup", {"instance_ids": ["iRJEVP96"]})
    return await _rebooted("iRJEVP96")(cloud)


async def _without_request_id(cloud: Cloud) -> httpx2.Response:
    body = {"instance_ids": ["efjy72gs"]}
    return await cloud.send("POST", "/v1/instances/reboot", body, without=("x-request-id",))


async def _without_content_type(cloud: Cloud) -> httpx2.Response:
    # httpx2 sets the header together with `json`, and leaves it out with `content`.
    await cloud.sign_in()
    return await cloud.client.post("/v1/instances/delete", content=b"{}", headers={"X-Auth-Token": cloud.token})


async def _released(cloud: Cloud) -> httpx2.Response:
    resting = (phone for phone in cloud.simulator.fleet if phone.journey is None and not phone.frozen)
    phone = next(phone for phone in resting if not phone.on_hardware)
    return await cloud.send("POST", f"/v1/instances/{phone.id}/auth")


async def _deleted(cloud: Cloud) -> httpx2.Response:
    await cloud.post("delete", {"instanceIdList": ["XvH39QVW"]})
    return await _rebooted("XvH39QVW")(cloud)


async def _stopped(cloud: Cloud) -> httpx2.Response:
    return await cloud.send("POST", "/v1/instances/5srn5hL8/auth")


async def _full_tenant(cloud: Cloud) -> httpx2.Response:
    cloud.simulator.tenant.packages.install([], Package("com.example.all", "all.apk", "1", TENANT_LIMIT_MB))
    return await _installed()(cloud)


async def _older_version(cloud: Cloud) -> httpx2.Response:
    await _installed()(cloud)
    return await _installed(object_version="8.0.9")(cloud)


async def _full_phone(cloud: Cloud) -> httpx2.Response:
    for number in range(5):
        await _installed(object_name=f"com.example.a{number}", object_size="2000")(cloud)
    return await _installed(object_name="com.example.last", object_size="2000")(cloud)


async def _two_regions(cloud: Cloud) -> httpx2.Response:
    other = next(phone for phone in cloud.simulator.fleet if phone.region.id != "cn-north-7")
    return await _sent("reboot", {"instance_ids": ["efjy72gs", other.id]})(cloud)


async def _five_combinations(cloud: Cloud) -> httpx2.Response:
    settings = VIDEO["instance_settings"]
    assert isinstance(settings, list)
    return await cloud.send("PUT", "/v1/instances/video-setting", {**VIDEO, "instance_settings": settings[:5]})


async def _pay_per_use(cloud: Cloud) -> httpx2.Response:
    phone = next(phone for phone in cloud.simulator.fleet if phone.pay_per_use)
    return await _sent("delete", {"instanceIdList": [phone.id]})(cloud)


async def _expired(cloud: Cloud) -> httpx2.Response:
    await cloud.sign_in()
    cloud.time.forward(86_400)
    return await _rebooted("efjy72gs")(cloud)


CONDITIONS: Mapping[ApiError, Provoke] = {
    ApiError.TENANT_UNKNOWN: _with_headers(x_tenant_id="nobody"),
    ApiError.REQUEST_ID_MISSING: _without_request_id,
    ApiError.PROJECT_UNKNOWN: _with_headers(x_project_id="nothing"),
    ApiError.HEADER_MISSING: _without_content_type,
    ApiError.NOT_OF_TENANT: _rebooted("nobodys1"),
    ApiError.FROZEN: _frozen,
    ApiError.RESTORING: _restoring,
    ApiError.BACKING_UP: _backing_up,
    ApiError.SKU_OR_REGION_UNKNOWN: _ordered(regionId="cn-north-9"),
    ApiError.OS_MISSING: _ordered(os=None),
    ApiError.MONTHS_OUT_OF_RANGE: _charged(2, 10),
    ApiError.YEARS_OUT_OF_RANGE: _charged(3, 4),
    ApiError.FAST_INSTALL_INVALID: _installed(fast_install="2"),
    ApiError.PHONE_ID_NOT_FOUND: _released,
    ApiError.INSTANCE_UNKNOWN: _deleted,
    ApiError.OUT_OF_STOCK: _ordered(
        regionId="cn-southwest-252", instanceSkuId="kp.professional.xlarge.32g.2", count=21
    ),
    ApiError.SIZE_NOT_A_NUMBER: _installed(object_size="big"),
    ApiError.INSTANCE_ABNORMAL: _stopped,
    ApiError.PACKAGE_TOO_LARGE: _installed(object_size="2048.1"),
    ApiError.PACKAGES_TOO_LARGE: _full_tenant,
    ApiError.DOWNLOAD_FAILED: _installed(install_package_url="https://obs.invalid/app.apk"),
    ApiError.INSTALL_FAILED: _installed(object_name="com.example.unsigned"),
    ApiError.VERSION_CONFLICT: _older_version,
    ApiError.NO_SPACE: _full_phone,
    ApiError.REQUEST_ID_INVALID: _with_headers(x_request_id="not valid"),
    ApiError.PARAMETER_ERROR: _sent("reboot", {"instance_ids": "efjy72gs"}),
    ApiError.SEVERAL_REGIONS: _two_regions,
    ApiError.COMBINATION_MISSING: _five_combinations,
    ApiError.SKU_MISMATCH: _ordered(bandSkuId="kp.other"),
    ApiError.PAY_PER_USE: _pay_per_use,
    ApiError.PARAMETER_INVALID: _sent("unassign", {"user_instances": [{"instance_id": "a44uhlf7", "user_id": "7"}]}),
    ApiError.NO_RIGHT_TO_INSTANCE: _rebooted(FOREIGN_PHONE_ID),
    ApiError.TOKEN_INVALID: _expired,
    ApiError.TOKEN_UNPARSEABLE: _with_headers(X_Auth_Token="nonsense"),
}
ACCOUNTS = {
    ApiError.TENANT_HEADER_MISSING: replace(DEMO_ACCOUNT, needs_tenant_header=True),
    ApiError.NOT_SUBSCRIBED: replace(DEMO_ACCOUNT, subscribed=False),
    ApiError.NOT_WHITELISTED: replace(DEMO_ACCOUNT, whitelisted=False),
    ApiError.NO_PERMISSION: replace(DEMO_ACCOUNT, permitted=False),
}


def _named(error: ApiError) -> str:
    return error.name.lower()


def _expected(error: ApiError) -> tuple[int, str]:
    return error.status, error.code.removeprefix("KOOPHONE.API.")


def test_the_table_has_47_rows_and_30_of_them_are_answered_with_200() -> None:
    assert len(ApiError) == 47
    assert len({(error.status, error.code) for error in ApiError}) == 47
    assert sum(error.status == 200 for error in ApiError) == 30


def test_every_row_is_had_by_a_condition_an_account_or_a_fault() -> None:
    assert {*CONDITIONS, *ACCOUNTS, *FAULTS_ONLY} == set(ApiError)


@pytest.mark.parametrize("error", CONDITIONS, ids=_named)
async def test_a_condition_earns_its_error(cloud: Cloud, error: ApiError) -> None:
    answer = await CONDITIONS[error](cloud)
    assert outcome(answer) == _expected(error)
    assert cloud.simulator.requests[-1].verdict == error.code


@pytest.mark.parametrize("error", ACCOUNTS, ids=_named)
async def test_an_account_that_may_not_earns_its_error(make_cloud: MakeCloud, error: ApiError) -> None:
    async with make_cloud(accounts=(ACCOUNTS[error],)) as cloud:
        assert outcome(await _rebooted("efjy72gs")(cloud)) == _expected(error)


async def test_an_account_that_needs_the_tenant_header_is_served_with_it(make_cloud: MakeCloud) -> None:
    async with make_cloud(accounts=(ACCOUNTS[ApiError.TENANT_HEADER_MISSING],)) as cloud:
        answer = await _with_headers(x_tenant_id=TENANT_ID)(cloud)
        assert outcome(answer) == (200, "0")


@pytest.mark.parametrize("error", ApiError, ids=_named)
async def test_every_row_can_be_had_by_a_fault_with_its_documented_message(cloud: Cloud, error: ApiError) -> None:
    cloud.simulator.faults.add(Fault(kind="error", status=error.status, code=error.code, operation="reboot"))
    answer = await _rebooted("efjy72gs")(cloud)
    assert outcome(answer) == _expected(error)
    assert answer.json()["error_msg"] == error.message
    assert cloud.simulator.requests[-1].processed is False


def test_errors_are_told_apart_by_status_and_whole_code() -> None:
    assert find_error(403, "KOOPHONE.API.6002") is ApiError.NO_PERMISSION
    assert find_error(500, "KOOPHONE.API.6002") is ApiError.TOKEN_UNPARSEABLE
    assert find_error(200, "KOOPHONE.API.4001") is ApiError.INSTANCE_UNKNOWN
    assert find_error(429, "APIGW.0308") is GatewayError.THROTTLED
    assert find_error(200, "KOOPHONE.API.400") is None


def test_a_detail_is_added_to_the_message() -> None:
    assert RefusedError(ApiError.FROZEN).message == "Instance frozen"
    assert RefusedError(ApiError.FROZEN, "a44uhlf7").message == "Instance frozen (a44uhlf7)"
