"""sku, create and delete (reference 4.2)."""

import time
from dataclasses import dataclass

from chatops.simulator.call import Answer, Call
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.orders import Order
from chatops.simulator.phones import Phone
from chatops.simulator.reader import Reader, wrong
from chatops.simulator.regions import Region, find_region
from chatops.simulator.skus import BAND_SKU, Sku, find_sku, sku_catalogue
from chatops.simulator.targets import find_phones

_VERSIONS = ("AOSP9", "AOSP11")
_NETWORKS = ("EIP", "ADN")
_MONTH, _YEAR = 2, 3
_MOST_PHONES = 1_500


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an order asks for."""

    sku: Sku
    region: Region
    version: str
    count: int
    prefix: str


def list_skus(call: Call) -> Answer:
    """What is on sale; the printed URL lacks the required type (conflict 44)."""
    kind = call.query.text("type")
    if kind != "0" and not (kind is None and call.printed):
        raise wrong("type must be 0")
    return Answer(sku_catalogue(printed=call.printed), call.message("return sku messages success"))


def create(call: Call) -> Answer:
    """Order phones; they exist once the order is paid, which happens at once only with isAutoPay."""
    wanted = _read_order(call.body)
    sku, count = wanted.sku, wanted.count
    pays = _read_charge(call.body.child("chargeParam"))
    if call.printed:  # the printed body has two keys that the table lacks (conflict 48)
        for name in ("instanceType", "sceneType"):
            if name in call.body:
                call.body.take(name)
    if wanted.version not in sku.versions:
        raise RefusedError(ApiError.SKU_OR_REGION_UNKNOWN, "the sku is not sold with this os")
    left = call.tenant.stock.left
    if left[sku.region, sku.id] < count:
        raise RefusedError(ApiError.OUT_OF_STOCK)
    left[sku.region, sku.id] -= count
    order = Order(_order_id(call), tuple(_new_phone(call, wanted) for _ in range(count)))
    call.tenant.orders.place(order, pay=pays)
    infos = [{"instanceId": phone.id, "instanceName": phone.name} for phone in order.phones]
    return Answer({"orderId": order.id, "instanceInfos": infos}, "OK")


def _read_order(body: Reader) -> _Wanted:
    if "os" not in body:
        raise RefusedError(ApiError.OS_MISSING)
    version = body.choice("os", _VERSIONS)
    sku_id, band_id, region = (body.text(name, 64) for name in ("instanceSkuId", "bandSkuId", "regionId"))
    prefix = body.text("instanceNamePrefix", 14)
    band = body.number("bandSize")
    count = body.whole("count", 1, _MOST_PHONES)
    if "network" in body:
        body.choice("network", _NETWORKS)
    sku, place = find_sku(region, sku_id), find_region(region)
    if sku is None or place is None:
        raise RefusedError(ApiError.SKU_OR_REGION_UNKNOWN)
    if band_id != BAND_SKU or band not in {float(size) for size in sku.bands.split(",")}:
        raise RefusedError(ApiError.SKU_MISMATCH, f"band sizes of this sku: {sku.bands}")
    return _Wanted(sku, place, version, count, prefix)


def _read_charge(charge: Reader) -> bool:
    """Check the billing parameters; whether the order pays itself."""
    charge.whole("chargingMode", 1, 1)
    period = charge.whole("periodType", _MONTH, _YEAR)
    number = charge.whole("periodNum", -(2**31), 2**31 - 1)
    if period == _MONTH and not 1 <= number <= 9:
        raise RefusedError(ApiError.MONTHS_OUT_OF_RANGE)
    if period == _YEAR and not 1 <= number <= 3:
        raise RefusedError(ApiError.YEARS_OUT_OF_RANGE)
    if "isAutoRenew" in charge:
        charge.whole("isAutoRenew", 0, 1)
    return "isAutoPay" in charge and charge.whole("isAutoPay", 0, 1) == 1


def _order_id(call: Call) -> str:
    minute = time.strftime("%y%m%d%H%M", time.gmtime(call.clock.protocol()))
    return f"CS{minute}{call.new_id(5).upper()}"


def _new_phone(call: Call, wanted: _Wanted) -> Phone:
    return Phone(
        id=call.new_phone_id(),
        name=call.tenant.fleet.next_name(wanted.prefix),
        region=wanted.region,
        sku=wanted.sku.text,
        storage_mb=wanted.sku.storage_mb,
        created=call.clock.protocol(),
    )


def delete(call: Call) -> Answer:
    """Unsubscribe phones, all or none; pay-per-use ones cannot be (5001)."""
    phones = find_phones(call, call.body.texts("instanceIdList"))
    for phone in phones:
        if phone.pay_per_use:
            raise RefusedError(ApiError.PAY_PER_USE, phone.id)
    for phone in phones:
        call.tenant.wipe(phone.id)
    call.tenant.fleet.remove(phone.id for phone in phones)
    return Answer(None if call.printed else "success", "OK")  # conflict 57
