"""What a tenant can order, as the reference prints it (section 4.2.1), and what is in stock.

Added to the printed list: the sku of the printed order, which the printed list lacks, and cn-north-4.
"""

from dataclasses import dataclass, field

BAND_SKU = "kp.bandwidth"
_LIGHT = "适用于轻型办公场景"
_SMALL = "4vCPUs | 8GB"
_TEXT_EN = "Professional | 4 Core | 8GB | 32GB Storage | 720P Max Output"
_TEXT = "专业版 | 4核 | 8GB | 32GB存储 | 最高分辨率720p"


@dataclass(frozen=True, slots=True)
class Sku:
    """An instance specification on sale in one region."""

    region: str
    id: str
    name: str
    type: str
    text: str
    bands: str
    row_id: int
    pool_id: str
    text_en: str = _TEXT_EN
    calculation: str = _SMALL
    storage: str = "32GB"
    storage_mb: int = 32_768
    resolution: str = "720p"
    versions: tuple[str, ...] = ("AOSP9",)
    nested: tuple[int, ...] | None = None  # band sizes of nestInfo; None: the printed row has no such key
    stock: int = 5_000


_PROFESSIONAL = "kp.professional.xlarge.32g.2"
SKUS = (
    Sku(
        region="cn-north-7",
        id=_PROFESSIONAL,
        name="sku_1_xiahui",
        type="PROFESSIONAL",
        text=f"{_TEXT}无感",
        bands="4,6",
        row_id=40,
        pool_id="1600087199176311111",
        resolution="720p(无感)",
        nested=(6, 4),
    ),
    Sku(
        region="cn-north-7",
        id="kp.enterprise.xlarge.32g.2",
        name="sku_basic_app",
        type="ENTERPRISE",
        text="真实可以订购的实例",
        bands="4",
        row_id=58,
        pool_id="1600087199176322222",
        nested=(),
    ),
    Sku(
        region="cn-north-7",
        id="kp.professional.2xlarge.128g.2",
        name="sku_2xlarge",
        type="PROFESSIONAL",
        text="专业版 | 8核 | 16GB | 128GB存储 | 最高分辨率1080p",
        text_en="Professional | 8 Core | 16GB | 128GB Storage | 1080P Max Output",
        bands="4,6,8",
        row_id=61,
        pool_id="1600087199176355555",
        calculation="8vCPUs | 16GB",
        storage="128GB",
        storage_mb=131_072,
        resolution="1080p",
        versions=("AOSP9", "AOSP11"),
        nested=(4,),
    ),
    Sku(
        region="cn-north-208",
        id=_PROFESSIONAL,
        name="sku_1",
        type="PROFESSIONAL",
        text=_TEXT,
        bands="4,8",
        row_id=43,
        pool_id="1600087199176333333",
    ),
    Sku(
        region="cn-southwest-252",
        id=_PROFESSIONAL,
        name="sku_xingneng_ceshi",
        type="PROFESSIONAL",
        text=_TEXT,
        bands="4,8",
        row_id=50,
        pool_id="9223372036854774444",
        nested=(8, 4),
        stock=20,
    ),
    Sku(
        region="cn-north-4",
        id=_PROFESSIONAL,
        name="sku_beijing",
        type="PROFESSIONAL",
        text=_TEXT,
        bands="2,4,8",
        row_id=70,
        pool_id="1600087199176366666",
        versions=("AOSP9", "AOSP11"),
        nested=(8, 4),
    ),
)


@dataclass(slots=True)
class Stock:
    """How many phones of each sku can still be ordered."""

    left: dict[tuple[str, str], int] = field(
        default_factory=lambda: {(sku.region, sku.id): sku.stock for sku in SKUS},
    )


def find_sku(region: str, sku_id: str) -> Sku | None:
    """The sku of an id in a region; the same id is sold in several."""
    return next((sku for sku in SKUS if (sku.region, sku.id) == (region, sku_id)), None)


def sku_catalogue(*, printed: bool) -> dict[str, object]:
    """The `data` of the sku call; undocumented keys and textual row ids only as in the example (conflict 45)."""
    regions = dict.fromkeys(sku.region for sku in SKUS)
    band: dict[str, object] = {"cbcSkuId": BAND_SKU}
    return {
        "bandInfo": {"id": "62"} | band if printed else band,
        "skuSpecResponseList": [
            {
                "skuResponses": [_row(sku, printed=printed) for sku in SKUS if sku.region == region],
                "regionId": region,
            }
            for region in regions
        ],
    }


def _row(sku: Sku, *, printed: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "type": sku.type,
        "cbcSkuId": sku.id,
        "name": sku.name,
        "calcSpec": sku.calculation,
        "storageSpec": sku.storage,
        "specDesc": sku.text,
        "bandSize": sku.bands,
        "poolInfo": {
            "aosp": [
                {
                    "version": version,
                    "resPoolId": sku.pool_id,
                    "id": str(sku.row_id + offset) if printed else sku.row_id + offset,
                    "network": "ADN",
                    "enable": True,
                }
                for offset, version in enumerate(sku.versions)
            ],
        },
        "chargeMode": 2,
        "maxResolution": sku.resolution,
    }
    if printed:
        row["specDescEn"] = sku.text_en
        if sku.nested is not None:
            row["nestInfo"] = [_nest(band) for band in sku.nested]
    return row


def _nest(band: int) -> dict[str, object]:
    return {
        "bandSize": band,
        "sceneType": "CLOUD_PHONE",
        "network": "EIP",
        "storageDesc": "1.2T",
        "sceneDesc": _LIGHT,
        "sceneDescEn": "Lightweight Office",
        "tags": "自用,办公",
        "tagsEn": "Personal Use,Business",
    }
