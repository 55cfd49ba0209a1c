"""Order phones; this costs money.

Take the ids from list_skus. With manual payment the order waits to be paid in the console.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, PlainSerializer, StringConstraints, model_validator

from tools import list_instances
from tools._action import Action, Example
from tools._change import Change, Planned, Resend, Settled, appear
from tools._endpoint import Body, Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._text import MaybeLine, ReportedId, phones
from tools._types import RegionId
from tools._view import Table
from tools._vocabulary import Chosen, Coded
from tools.list_instances import EveryInstance, InstanceList, ListInstancesParams

_MONTHS_AT_MOST = 9
_YEARS_AT_MOST = 3
_PERIODS = f"1-{_MONTHS_AT_MOST} months or 1-{_YEARS_AT_MOST} years"


class PeriodUnit(Coded):
    """What an order's period is counted in."""

    MONTH = "month", 2
    YEAR = "year", 3


class Payment(Coded):
    """Whether an order is paid by itself or waits in the console."""

    MANUAL = "manual", 0
    AUTOMATIC = "automatic", 1


class Renewal(Coded):
    """Whether a subscription ends or goes on by itself."""

    MANUAL = "manual", 0
    AUTOMATIC = "automatic", 1


_SUBSCRIPTION = 1
_SkuId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
# 1500 by this reference; other versions say 2000, or nothing (conflict 51).
_Count = Annotated[int, Field(ge=1, le=1500)]
# Which characters a name may have is not said; these are safe everywhere (conflict 55).
_Prefix = Annotated[str, StringConstraints(min_length=1, max_length=14, pattern=r"^[A-Za-z0-9_-]+$")]


def _short(size: float) -> float | int:
    """The printed example writes 4, not 4.0."""
    return int(size) if size.is_integer() else size


_Bandwidth = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False), PlainSerializer(_short)]


class CreateParams(Params):
    """What to order. AOSP14 stands in later versions of the reference only: list_skus says what fits (conflict 49)."""

    os: Literal["AOSP9", "AOSP11", "AOSP14"] = Field(description="Image; see list_skus")
    instance_sku_id: _SkuId = Field(description="From list_skus")
    band_sku_id: _SkuId = Field(description="From list_skus")
    region: RegionId = Field(description="Such as cn-north-7")
    name_prefix: _Prefix = Field(description="Phones become prefix-00001 …")
    bandwidth_mbps: _Bandwidth = Field(description="One the type offers")
    count: _Count = Field(description="Phones to buy")
    period_unit: Chosen[PeriodUnit] = Field(description="Billing unit")
    period: Annotated[int, Field(ge=1, le=max(_MONTHS_AT_MOST, _YEARS_AT_MOST))] = Field(description=_PERIODS)
    payment: Chosen[Payment] = Field(description="automatic pays at once")
    renewal: Chosen[Renewal] = Field(description="automatic renews by itself")
    network: Literal["EIP", "ADN"] | None = Field(default=None, description="Network line")

    @model_validator(mode="after")
    def _period_fits(self) -> Self:
        """Codes 3006 and 3007 (conflict 52)."""
        most = _YEARS_AT_MOST if self.period_unit is PeriodUnit.YEAR else _MONTHS_AT_MOST
        if self.period > most:
            raise ValueError(f"period is {_PERIODS}")
        return self


def _body(params: CreateParams) -> Body:
    """The order. instanceType and sceneType stand in the printed example only and are left out (conflict 48)."""
    return {
        "os": params.os,
        "instanceSkuId": params.instance_sku_id,
        # Marked required and described as conditional: always sent (conflict 50).
        "bandSkuId": params.band_sku_id,
        "regionId": params.region,
        "instanceNamePrefix": params.name_prefix,
        "bandSize": _short(params.bandwidth_mbps),
        "count": params.count,
        "chargeParam": {
            "chargingMode": _SUBSCRIPTION,
            "periodType": params.period_unit.code,
            "periodNum": params.period,
            "isAutoPay": params.payment.code,
            "isAutoRenew": params.renewal.code,
        },
        **({"network": params.network} if params.network is not None else {}),
    }


class OrderedPhone(Result):
    """A phone the order will bring."""

    instance_id: ReportedId = Field(validation_alias=AliasChoices("instanceId", "instance_id"))
    name: MaybeLine = Field(default=None, validation_alias=AliasChoices("instanceName", "name"))


class Order(Result):
    """An order the API has taken."""

    order_id: ReportedId = Field(validation_alias=AliasChoices("orderId", "order_id"))
    phones: tuple[OrderedPhone, ...] = Field(default=(), validation_alias=AliasChoices("instanceInfos", "phones"))


def _say(params: CreateParams, result: Order) -> str:
    if params.payment is Payment.MANUAL:
        # Phones are named although nothing is paid: whether they can be used before is not said (conflict 53).
        return f"Order {result.order_id} for {phones(params.count)} awaits payment in the console."
    return f"Order {result.order_id} for {phones(params.count)} accepted and paid automatically."


def _come(params: CreateParams, result: InstanceList) -> frozenset[str] | None:
    """The phones that the order can have brought, by their name; None where the listing could not be read whole."""
    numbered = re.compile(re.escape(params.name_prefix) + r"-[0-9]{5,}")
    named = (phone.instance_id for phone in result.instances if numbered.fullmatch(phone.instance_name or ""))
    return frozenset(named) if result.complete else None


def _confirm(params: CreateParams, plan: Planned) -> str:
    payment = "pay at once" if params.payment is Payment.AUTOMATIC else "leave it unpaid"
    renewal = ", renewed automatically" if params.renewal is Renewal.AUTOMATIC else ""
    unit = params.period_unit.value + ("s" if params.period > 1 else "")
    return (
        f"Order {phones(plan.count)} ({params.instance_sku_id}) in {params.region} "
        f"for {params.period} {unit}{renewal}, and {payment}?"
    )


ACTION = Action(
    name="create_instances",
    word="create",
    doc=__doc__,
    title="Order phones",
    by=Endpoint(method="POST", path="/v1/instances/create", body=_body),
    params=CreateParams,
    result=Order,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("orders:create"),
    change=Change(
        confirm=_confirm,
        undo="delete_instances ends a subscription that is paid for; an unpaid order is cancelled in the console.",
        verify=appear(
            list_instances.ACTION,
            ask=lambda each: ListInstancesParams(instance_id=each),
            search=lambda params, since: EveryInstance(
                name=f"{params.name_prefix}-*", region=params.region, since=since
            ),
            found=lambda result: len(result.instances),
            come=_come,
            alike=("name_prefix", "region"),
            count=lambda params: params.count,
            within=timedelta(minutes=30),
        ),
        # No idempotency key exists: an order is sent once, whatever happens (conflict 54).
        lost=(
            "The listing tells, unless there was another order with this name: as many new phones with it as were "
            "ordered. The console has the orders."
        ),
        wipes=False,
        resend=Resend.NEVER,
        settled=lambda *_: Settled.ACCEPTED,
        count=lambda params: params.count,
    ),
    view=Table(
        say=_say,
        columns=("phone", "name"),
        cells=lambda result: [(phone.instance_id, phone.name) for phone in result.phones],
    ),
    examples=(
        Example(
            params=CreateParams(
                os="AOSP9",
                instance_sku_id="kp.professional.2xlarge.128g.2",
                band_sku_id="kp.bandwidth",
                region="cn-north-7",
                bandwidth_mbps=4,
                name_prefix="koophone",
                count=1,
                period_unit=PeriodUnit.MONTH,
                period=1,
                payment=Payment.AUTOMATIC,
                renewal=Renewal.AUTOMATIC,
                network="EIP",
            ),
            sends={
                "os": "AOSP9",
                "instanceSkuId": "kp.professional.2xlarge.128g.2",
                "bandSkuId": "kp.bandwidth",
                "regionId": "cn-north-7",
                "instanceNamePrefix": "koophone",
                "bandSize": 4,
                "count": 1,
                "chargeParam": {
                    "chargingMode": 1,
                    "periodType": 2,
                    "periodNum": 1,
                    "isAutoPay": 1,
                    "isAutoRenew": 1,
                },
                "network": "EIP",
            },
            answers={
                "data": {
                    "orderId": "CS2412261442DBN4E",
                    "instanceInfos": [{"instanceId": "11J6QVu5", "instanceName": "koophone-00001"}],
                },
                "error_code": "0",
                "error_msg": "OK",
            },
            source="4.2.2",
        ),
    ),
)
