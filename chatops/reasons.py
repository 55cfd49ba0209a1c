"""Why a call would be allowed, asked about or refused: looked at on live facts, without any consequence."""

from dataclasses import dataclass

from chatops.carrying import Planner
from chatops.deciding import Judge, ReadGuard
from chatops.policy import Explanation, explain
from chatops.principal import Principal
from tools import AnyAction, Params


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Explains decisions."""

    planner: Planner
    judge: Judge
    guard: ReadGuard

    async def of(self, asker: Principal, action: AnyAction, params: Params) -> Explanation:
        """What would be decided of this call of this person, and by which rules.

        Raises:
            ChatopsError: it cannot be planned: no such phones, or the API cannot be read.

        """
        if action.change is None:
            facts = self.guard.facts(asker, action, params)
        else:
            plan = await self.planner.plan(asker, action, params)
            facts = (await self.judge.decide(asker, plan)).facts
        return explain(self.judge.policy.engine, facts)
