"""A picture of the fleet. Matplotlib comes with the extra ``charts``, and is loaded by who draws only."""

import importlib.util
import io
from dataclasses import dataclass

from tools.fleet_summary import FleetSummary, RegionCount

REGIONS_SHOWN = 12
_NAME_LIMIT = 24
_WIDTH, _ROW, _MARGINS, _DOTS = 7.2, 0.42, 1.1, 120
_PARTS = (("in use", "#1f3a5f", ""), ("running, free", "#5b9bd5", "//"), ("not running", "#c9ced6", ".."))


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A PNG, and the same in words for whoever does not see it."""

    png: bytes
    alt_text: str


def is_drawable() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def chart(summary: FleetSummary) -> Chart:
    """A bar for each region: phones in use, running and free, and not running. The largest regions come first.

    Raises:
        ImportError: the extra is not installed.

    """
    from matplotlib.figure import Figure  # noqa: PLC0415  # see above
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  # see above

    regions = sorted(summary.regions, key=lambda region: (-region.phones, region.region))[:REGIONS_SHOWN]
    # An object of our own: pyplot would keep every picture until the process ends.
    figure = Figure(figsize=(_WIDTH, _MARGINS + _ROW * max(len(regions), 1)), dpi=_DOTS, layout="constrained")
    axes = figure.add_subplot()
    before = [0] * len(regions)
    places = range(len(regions))
    for number, (part, colour, hatch) in enumerate(_PARTS):
        sizes = [_parts(region)[number] for region in regions]
        axes.barh(places, sizes, left=before, label=part, color=colour, hatch=hatch, edgecolor="white")
        before = [left + size for left, size in zip(before, sizes, strict=True)]
    # Names come from the API: no formulas, and only letters that the font has.
    labels = [_plain(region.region) for region in regions]
    axes.set_yticks(places, labels=labels, parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel("phones")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=len(_PARTS), frameon=False)
    with io.BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        return Chart(png=file.getvalue(), alt_text=_words(summary, regions))


def _parts(region: RegionCount) -> tuple[int, int, int]:
    used = min(region.in_use, region.phones)
    free = max(min(region.running, region.phones) - used, 0)
    return used, free, region.phones - used - free


def _plain(name: str) -> str:
    text = name.encode("ascii", "replace").decode()
    return text if len(text) <= _NAME_LIMIT else f"{text[: _NAME_LIMIT - 3]}..."


def _words(summary: FleetSummary, regions: list[RegionCount]) -> str:
    counted = "; ".join(
        f"{_plain(region.region)}: {region.phones} phones, {region.running} running, {region.in_use} in use"
        for region in regions
    )
    left_out = len(summary.regions) - len(regions)
    more = f"; {left_out} more regions are not shown" if left_out else ""
    return f"The fleet by region. {counted}{more}." if regions else "The fleet has no phones."
