"""What a person must see before they agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chatops.planning.plan import Target
from tools import AnyAction, CopyState, Params, phones


def warnings_of(action: AnyAction, params: Params, targets: Sequence[Target]) -> tuple[str, ...]:
    """Warnings about these phones, worst first."""
    if action.change is None or not targets:
        return ()
    in_use = sum(target.in_use for target in targets)
    frozen = sum(target.frozen for target in targets)
    bare = sum(target.backup != CopyState.SUCCEEDED.value for target in targets)
    lost = sum(target.region is None for target in targets)
    user = getattr(params, "user_id", None)
    others = sum(target.assignee not in (None, user) for target in targets) if user else 0
    of = f"of {phones(len(targets))}"
    return tuple(
        warning
        for holds, warning in (
            (in_use, f"{in_use} {of} in use, or possibly in use."),
            (frozen, f"{frozen} {of} frozen: the API will refuse the whole request they stand in."),
            (bare if action.change.wipes else 0, f"No backup on record for {bare} {of}."),
            (others, f"{others} {of} assigned to somebody else than {user}."),
            (lost, f"The region of {lost} {of} is not known."),
        )
        if holds
    )


def too_late(action: AnyAction, params: Params, now: datetime, patience: timedelta) -> tuple[str, ...]:
    """A warning where the params are of no use any more when an approval comes, for which ``patience`` is had."""
    end = action.change.expires(params) if action.change is not None and action.change.expires is not None else None
    if end is None or end >= now + patience:
        return ()
    when = end.isoformat(timespec="minutes")
    if end <= now:
        return (f"The signed link expired at {when}: what it leads to can no longer be downloaded.",)
    minutes = patience.total_seconds() / 60
    return (f"The signed link expires at {when}; an approval may come up to {minutes:.0f} min from now, after that.",)
