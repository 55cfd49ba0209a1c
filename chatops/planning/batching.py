"""The requests of a call: cut by region where they must be, and by how many phones one takes."""

from collections.abc import Iterator, Mapping, Sequence

from chatops.planning.plan import Batch, Target
from tools import AnyAction, Endpoint, Params, Targets, phones

_NAMED_AT_MOST = 10


def batches_of(action: AnyAction, params: Params, targets: Sequence[Target]) -> tuple[Batch, ...]:
    """The requests, in a fixed order, each with the params that are sent."""
    if not isinstance(params, Targets):
        return (Batch(region=getattr(params, "region", None), instance_ids=(), params=params),)
    batch = action.by.batch if isinstance(action.by, Endpoint) else None
    per_call = batch.per_call if batch else len(targets)
    by_region: dict[str | None, list[str]] = {}
    for target in targets:
        by_region.setdefault(target.region if batch and batch.one_region else None, []).append(target.instance_id)
    owners = {target.instance_id: target.assignee for target in targets}
    return tuple(
        Batch(region=region, instance_ids=part, params=_filled(action, params.pinned(part), owners))
        for region in sorted(by_region, key=lambda each: each or "")
        for part in _parts(sorted(by_region[region]), per_call)
    )


def _parts(ids: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    for begin in range(0, len(ids), size):
        yield tuple(ids[begin : begin + size])


def _filled(action: AnyAction, params: Targets, owners: Mapping[str, str | None]) -> Params:
    """With what the call needs per phone and the facts hold."""
    fill = action.change.fill if action.change else None
    filled = fill(params, {each: owners[each] for each in params.instance_ids}) if fill else params
    return params if filled is None else filled


def kept(action: AnyAction, params: Targets, targets: Sequence[Target]) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """The phones for which there is something to do, and a sentence about those for which there is not."""
    fill = action.change.fill if action.change else None
    if fill is None or not targets:
        return tuple(targets), ()
    filled = fill(
        params.pinned(tuple(target.instance_id for target in targets)),
        {target.instance_id: target.assignee for target in targets},
    )
    remaining = set(filled.instance_ids) if isinstance(filled, Targets) else set()
    left_out = [target.instance_id for target in targets if target.instance_id not in remaining]
    if not left_out:
        return tuple(targets), ()
    sentence = f"{phones(len(left_out))} left out, because assigned to nobody: {', '.join(left_out[:_NAMED_AT_MOST])}."
    return tuple(target for target in targets if target.instance_id in remaining), (sentence,)
