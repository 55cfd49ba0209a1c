"""What is answered without a change to phones: by the API, or by the service itself. Secrets wait for their person."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatops.carrying import Planner
from chatops.cloud import Answer, CloudClient
from chatops.control import Asked, Control
from chatops.errors import StoreUnavailable
from chatops.fleet import Look
from chatops.pickups import Pickups
from chatops.principal import Principal
from chatops.progress import counted
from tools import OPEN, AnyAction, Compose, Own, Params, Result, Targets, holds_secret, list_instances

_PHONES_A_READ = 100


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Answers reads. Without a store ``control`` and ``pickups`` are None, and ``why_not`` says why."""

    client: CloudClient
    planner: Planner
    control: Control | None
    pickups: Pickups | None
    why_not: StoreUnavailable | None = None

    async def answer(self, principal: Principal, action: AnyAction, params: Params) -> tuple[Params, Answer[Result]]:
        """The answer, and the params that it answers: phones are pinned to ids.

        Raises:
            ChatopsError: there is none.

        """
        if _is_left(principal, action):
            self._pickups()  # before the secret is asked for
        if isinstance(action.by, Own):
            if self.control is None:
                raise self.why_not or StoreUnavailable("There is no store, so there is nothing to look at.")
            asked = Asked(control=self.control, principal=principal)
            return params, Answer(result=await action.by.answer(asked, params), request_ids=(), warnings=())
        if not isinstance(params, Targets):
            return params, await self._whole(action, params)
        return await self._of_phones(action, params)

    async def _of_phones(self, action: AnyAction, params: Targets) -> tuple[Params, Answer[Result]]:
        """Phones are asked about as many at a time as the API takes."""
        picked = await self.planner.picked(params)
        ids = picked.ids
        pinned = params.pinned(ids)
        answers = [
            await self.client.read(action, params.pinned(ids[begin : begin + _PHONES_A_READ]))
            for begin in counted(range(0, len(ids), _PHONES_A_READ), "requests answered")
        ]
        return pinned, _joined(action, pinned, answers, picked.look)

    async def _whole(self, action: AnyAction, params: Params) -> Answer[Result]:
        """What is counted over the whole fleet is made of the last listing, unless that is old."""
        by = action.by
        asked = by.ask(params) if isinstance(by, Compose) else None
        if not isinstance(by, Compose) or not isinstance(asked, list_instances.EveryInstance):
            return await self.client.read(action, params)
        look = await self.planner.look()
        listed = list_instances.chosen(asked, look.snapshot.phones, complete=look.snapshot.complete)
        return Answer(result=by.answer(params, listed), request_ids=look.request_ids, warnings=look.notes)

    async def left(self, principal: Principal, action: AnyAction, result: Result) -> str:
        """Where the person gets the secret of this answer, if it holds one that their assistant is not handed."""
        if not _is_left(principal, action):
            return ""
        content = result.model_dump(mode="json", exclude_none=True, context=OPEN)
        return (await self._pickups().leave(principal, action.name, content)).told

    def _pickups(self) -> Pickups:
        if self.pickups is None:
            raise self.why_not or StoreUnavailable("There is no store in which it could wait for its person.")
        return self.pickups


def _is_left(principal: Principal, action: AnyAction) -> bool:
    result: type[Result] = action.result
    return principal.assistant is not None and holds_secret(result)


def _joined(action: AnyAction, pinned: Params, answers: Sequence[Answer[Result]], look: Look | None) -> Answer[Result]:
    results: list[Result] = [answer.result for answer in answers]
    return Answer(
        result=results[0] if len(results) == 1 or action.join is None else action.join(pinned, results),
        request_ids=(
            *(look.request_ids if look else ()),
            *(each for answer in answers for each in answer.request_ids),
        ),
        warnings=tuple(
            dict.fromkeys((*(look.notes if look else ()), *(each for one in answers for each in one.warnings)))
        ),
    )
