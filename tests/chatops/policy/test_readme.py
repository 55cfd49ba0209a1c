"""The examples of the page are true."""

import re
from pathlib import Path

from chatops.policy import NeedsApproval, load_policy, run_cases
from chatops.policy.cases import Case
from chatops.policy.loading import shipped_text
from chatops.policy.wording import GAPS
from tests.chatops.policy.stage import ACTIONS, TEAM, call

PAGE = shipped_text("README.md")


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(found)


def test_rules_and_cases_of_the_page_work(tmp_path: Path) -> None:
    (tmp_path / "ours.cedar").write_text(block("cedar"), encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(block("yaml"), encoding="utf-8")
    engine = load_policy(tmp_path, TEAM, actions=ACTIONS)
    assert run_cases(engine, tmp_path / "cases.yaml").passed
    assert isinstance(engine.decide(call()), NeedsApproval)


def test_every_key_of_a_case_and_every_gap_is_on_the_page() -> None:
    assert [name for name in Case.model_fields if f"`{name}" not in PAGE] == []
    limits = set(type(TEAM.limits).model_fields)
    assert [name for name in GAPS - limits if f"`{name}`" not in PAGE] == []


def test_every_module_is_on_the_page() -> None:
    modules = {path.name for path in Path(load_policy.__code__.co_filename).parent.glob("[a-z]*.py")}
    assert {name for name in modules if f"`{name}`" not in PAGE} == set()
