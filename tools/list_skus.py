"""List the phone types that can be ordered.

Names for create_instances: instance_sku_id, band_sku_id, region, os, bandwidth.
"""

from typing import Annotated

from pydantic import AliasChoices, AliasPath, BeforeValidator, Field, FiniteFloat

from tools._action import Action, Example
from tools._endpoint import Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._text import MaybeId, MaybeLine, ReportedId, clean_text
from tools._types import RegionId
from tools._view import Cell, Table
from tools._vocabulary import Coded


class ChargeMode(Coded):
    """How a type may be paid for; other numbers mean other things elsewhere in the API (conflict 47)."""

    SUBSCRIPTION = "subscription", 0
    PAY_PER_USE = "pay_per_use", 1
    BOTH = "both", 2


class ListSkusParams(Params):
    """Which types to list."""

    region: RegionId | None = Field(default=None, description="Such as cn-north-7")


def _numbers(value: object) -> object:
    """Bandwidths come as text ("4,6") here and as numbers elsewhere (conflict 46)."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return (value,) if isinstance(value, (int, float)) else value


class Image(Result):
    """An Android image that a type can be ordered with."""

    version: ReportedId
    pool_id: MaybeLine = Field(default=None, validation_alias=AliasChoices("resPoolId", "pool_id"))
    # Text or number, as it comes (conflict 45).
    id: MaybeLine = None
    network: MaybeLine = None
    # "true" or "fasle", as the reference has it; text is read as well (conflict 77).
    enabled: bool | None = Field(default=None, validation_alias=AliasChoices("enable", "enabled"))


class Sku(Result):
    """One type in one region."""

    region: MaybeLine = None
    instance_sku_id: ReportedId = Field(validation_alias=AliasChoices("cbcSkuId", "instance_sku_id"))
    kind: MaybeLine = Field(default=None, validation_alias=AliasChoices("type", "kind"))
    name: MaybeLine = None
    processor_and_memory: MaybeLine = Field(
        default=None, validation_alias=AliasChoices("calcSpec", "processor_and_memory")
    )
    storage: MaybeLine = Field(default=None, validation_alias=AliasChoices("storageSpec", "storage"))
    description: MaybeLine = Field(default=None, validation_alias=AliasChoices("specDescEn", "specDesc", "description"))
    bandwidths_mbps: Annotated[tuple[FiniteFloat, ...], BeforeValidator(_numbers)] = Field(
        default=(), validation_alias=AliasChoices("bandSize", "bandwidths_mbps")
    )
    charge_mode: ChargeMode | None = Field(default=None, validation_alias=AliasChoices("chargeMode", "charge_mode"))
    max_resolution: MaybeLine = Field(default=None, validation_alias=AliasChoices("maxResolution", "max_resolution"))
    images: tuple[Image, ...] = Field(
        default=(), validation_alias=AliasChoices(AliasPath("poolInfo", "aosp"), "images")
    )


def _flatten(value: object) -> object:
    """One list of types, each with its region, out of the API's list of regions with lists of types."""
    if not isinstance(value, list):
        return value
    types: list[object] = []
    for region in value:
        if not isinstance(region, dict) or not isinstance(region.get("skuResponses", []), list):
            raise ValueError("a region of the type list is not an object with a list of types")  # noqa: TRY004  # pydantic turns ValueError into the field's message
        types += [
            {**each, "region": region.get("regionId")} if isinstance(each, dict) else each
            for each in region.get("skuResponses", [])
        ]
    return types


class SkuList(Result):
    """What can be ordered. ``band_sku_id`` is the bandwidth type that goes with all of them."""

    band_sku_id: MaybeId = Field(
        default=None, validation_alias=AliasChoices(AliasPath("bandInfo", "cbcSkuId"), "band_sku_id")
    )
    skus: Annotated[tuple[Sku, ...], BeforeValidator(_flatten)] = Field(
        default=(), validation_alias=AliasChoices("skuSpecResponseList", "skus")
    )


def _complete(params: ListSkusParams, result: SkuList) -> SkuList:
    chosen = tuple(sku for sku in result.skus if params.region in (None, sku.region))
    return result.model_copy(update={"skus": chosen})


def _cells(result: SkuList) -> list[tuple[Cell, ...]]:
    return [
        (
            sku.region,
            sku.instance_sku_id,
            sku.processor_and_memory,
            sku.storage,
            ", ".join(f"{each:g}" for each in sku.bandwidths_mbps),
            sku.charge_mode and sku.charge_mode.shown,
            ", ".join(clean_text(image.version, limit=16, lines=False) for image in sku.images),
        )
        for sku in result.skus
    ]


ACTION = Action(
    name="list_skus",
    word="skus",
    doc=__doc__,
    title="List phone types",
    # The only documented type is 0, which the printed URL leaves out although it is required (conflict 44).
    by=Endpoint(method="GET", path="/v1/instances/sku", query={"type": "0"}, local=frozenset({"region"})),
    params=ListSkusParams,
    result=SkuList,
    risk=Risk.READ,
    permission=Permission("orders:read"),
    change=None,
    view=Table(
        say=lambda _, result: f"{len(result.skus)} phone types; bandwidth type {result.band_sku_id or 'unknown'}.",
        columns=("region", "instance_sku_id", "processor | memory", "storage", "Mbit/s", "payment", "os"),
        cells=_cells,
    ),
    complete=_complete,
    examples=(
        Example(
            params=ListSkusParams(),
            sends=None,
            answers={
                "data": {
                    "bandInfo": {"id": "62", "cbcSkuId": "kp.bandwidth"},
                    "skuSpecResponseList": [
                        {
                            "skuResponses": [
                                {
                                    "type": "PROFESSIONAL",
                                    "cbcSkuId": "kp.professional.xlarge.32g.2",
                                    "name": "sku_1",
                                    "calcSpec": "4vCPUs | 8GB",
                                    "storageSpec": "32GB",
                                    "specDesc": "专业版 | 4核 | 8GB | 32GB存储 | 最高分辨率720p",
                                    "specDescEn": "Professional | 4 Core | 8GB | 32GB Storage | 720P Max Output",
                                    "bandSize": "4,8",
                                    "poolInfo": {
                                        "aosp": [
                                            {
                                                "version": "AOSP9",
                                                "resPoolId": "1600087199176333333",
                                                "id": "43",
                                                "network": "ADN",
                                                "enable": True,
                                            }
                                        ]
                                    },
                                    "chargeMode": 2,
                                    "maxResolution": "720p",
                                }
                            ],
                            "regionId": "cn-north-208",
                        }
                    ],
                },
                "error_code": "0",
                "error_msg": "return sku messages success",
            },
            source="4.2.1",
        ),
    ),
)
