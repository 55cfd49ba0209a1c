"""The regions a simulated tenant has phones in, with the names the listing prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the cloud; names as in the printed listing (table 4-70)."""

    id: str
    name: str
    name_en: str


REGIONS = (
    Region("cn-north-4", "华北-北京四", "CN North-Beijing4"),
    Region("cn-north-7", "华北-乌兰察布-二零三", "CN North-Ulanqab203"),
    Region("cn-north-208", "华北-乌兰察布-二零八", "CN North-Ulanqab208"),
    Region("cn-southwest-252", "西南-贵阳-二五二", "CN Southwest-Guiyang252"),
)
CN_NORTH_4, CN_NORTH_7, CN_NORTH_208, CN_SOUTHWEST_252 = REGIONS


def find_region(region_id: str) -> Region | None:
    """The region of an id; None if phones cannot be had there."""
    return next((region for region in REGIONS if region.id == region_id), None)
