"""The requests of a call: cut by region where they must be, and by how many phones one takes."""

from collections.abc import Iterator, Sequence

from chatops.planning.plan import Batch, Target
from tools import AnyAction, Endpoint, Params, Targets


def batches_of(action: AnyAction, params: Params, targets: Sequence[Target]) -> tuple[Batch, ...]:
    """The requests, in a fixed order, each with the params that are sent."""
    if not isinstance(params, Targets):
        return (Batch(region=getattr(params, "region", None), instance_ids=(), params=params),)
    batch = action.by.batch if isinstance(action.by, Endpoint) else None
    per_call = batch.per_call if batch else len(targets)
    by_region: dict[str | None, list[str]] = {}
    for target in targets:
        by_region.setdefault(target.region if batch and batch.one_region else None, []).append(target.instance_id)
    return tuple(
        Batch(region=region, instance_ids=part, params=params.model_copy(update={"instance_ids": part}))
        for region in sorted(by_region, key=lambda each: each or "")
        for part in _parts(sorted(by_region[region]), per_call)
    )


def _parts(ids: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for begin in range(0, len(ids), size):
        yield tuple(ids[begin : begin + size])
