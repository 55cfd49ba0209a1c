"""How long a decision takes, in microseconds and as a ratio to one bare question to Cedar in the same run.

Run: .venv/bin/python bench/policy.py
A bare question has its entities and its context ready; a decision makes both from facts, and asks once for an allowed
call, twice or three times where a consent is asked for, and once more where one was given.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median, quantiles

import cedarpy

from chatops.control import every_action
from chatops.policy import Facts, Given, load_policy
from chatops.policy.cedar import CedarEvaluator
from chatops.policy.request import Questions
from chatops.principal import Surface
from chatops.team import Limits, Person, Team
from tools import load_actions

ROUNDS = 2000
TEAM = Team(people={"alice": Person(roles=("operator",)), "bob": Person(roles=("approver",))})
APPROVED = Given(kind="approval", by="bob", roles=frozenset({"approver"}))


def call(action: str, *, count: int = 1, consent: Given | None = None) -> Facts:
    """A call through an assistant."""
    declared = load_actions()[action]
    return Facts(
        person="alice",
        roles=frozenset({"operator"}),
        door=Surface.MCP,
        assistant=True,
        action=action,
        permission=str(declared.permission),
        risk=declared.risk,
        count=count,
        fleet=1000,
        regions=frozenset({"cn-north-7"}),
        in_use=0,
        order_instances=0,
        order_months=0,
        frozen=False,
        freeze_reason="",
        now=datetime(2026, 1, 5, 12, tzinfo=UTC),
        calls_last_hour=0,
        calls_last_day=0,
        orders_last_day=0,
        limits=Limits(),
        consent=consent,
    )


def microseconds(work: Callable[[], object]) -> tuple[float, float]:
    """The median and the 99th percentile of one run."""
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1e6)
    return median(times), quantiles(times, n=100)[98]


def main() -> None:
    """Print the figures, one a line."""
    begin = time.perf_counter()
    engine = load_policy(None, TEAM, actions=every_action())
    print(f"load, with every check: {(time.perf_counter() - begin) * 1000:.0f} ms, {len(engine.rules)} rules")
    shipped = CedarEvaluator.of(engine.rules, engine.schema)
    entities = cedarpy.Entities.from_json_str("[]", schema=engine.schema.handle)
    asked = {"principal": 'Person::"alice"', "action": 'Action::"list_skus"', "resource": 'Fleet::"phones"'}
    context = dict(Questions(team=TEAM).request(call("list_skus"), None).context)
    bare, bare_slow = microseconds(
        lambda: cedarpy.is_authorized(
            {**asked, "context": context}, shipped.policies, entities, schema=shipped.schema.handle
        )
    )
    print(f"bare question: {bare:.0f} us (99 %: {bare_slow:.0f})")
    for name, facts in {
        "allowed": call("list_skus"),
        "confirmation": call("reboot_instances"),
        "approval": call("reset_instances", count=6),
        "approved": call("reset_instances", count=6, consent=APPROVED),
        "denied": call("reset_instances", count=900),
    }.items():
        answer = type(engine.decide(facts)).__name__
        usual, slow = microseconds(partial(engine.decide, facts))
        print(f"{name} ({answer}): {usual:.0f} us (99 %: {slow:.0f}), {usual / bare:.1f} bare questions")


if __name__ == "__main__":
    main()
