"""What is true of every declaration, whatever it declares."""

import ast
import re
from pathlib import Path

import pytest

import tools
from chatops.control import load_control
from chatops.roles import ROLES
from tests.chatops.cloud.world import ACTIONS
from tests.reference.calls import CALLS
from tools import AnyAction, Compose, Eased, Endpoint, Follow, Permission, Resend, Risk, Targets, Until, Unverifiable
from tools._change import Appear

FOLDER = Path(tools.__file__).parent
NAMES = list(ACTIONS)
CHANGING = [name for name, action in ACTIONS.items() if action.change is not None]
MODULES = sorted(path.stem for path in FOLDER.glob("*.py"))
QUIET = {"collections", "dataclasses", "datetime", "enum", "fnmatch", "itertools", "pydantic", "re", "typing", "urllib"}
"""What an action module may import besides this package: nothing that reads, writes, waits or draws lots."""

AGREED: dict[str, tuple[Risk, str, str]] = {
    "list_instances": (Risk.READ, "instances:read", "viewer"),
    "query_status": (Risk.READ, "instances:read", "viewer"),
    "fleet_summary": (Risk.READ, "instances:read", "viewer"),
    "get_prepare_progress": (Risk.READ, "instances:read", "viewer"),
    "get_task": (Risk.READ, "tasks:read", "viewer"),
    "list_skus": (Risk.READ, "orders:read", "viewer"),
    "get_device_token": (Risk.READ, "tokens:issue", "operator"),
    "prepare_instances": (Risk.CHANGE, "instances:prepare", "operator"),
    "set_video": (Risk.DISRUPTIVE, "instances:video", "operator"),
    "reboot_instances": (Risk.DISRUPTIVE, "instances:reboot", "operator"),
    "backup_instances": (Risk.DISRUPTIVE, "instances:backup", "operator"),
    "assign_instances": (Risk.DISRUPTIVE, "instances:assign", "operator"),
    "run_command": (Risk.DESTRUCTIVE, "commands:run", "operator"),
    "start_command": (Risk.DESTRUCTIVE, "commands:run", "operator"),
    "install_app": (Risk.DESTRUCTIVE, "apps:install", "operator"),
    "reset_instances": (Risk.DESTRUCTIVE, "instances:reset", "operator"),
    "unassign_instances": (Risk.DESTRUCTIVE, "instances:unassign", "operator"),
    "delete_instances": (Risk.DESTRUCTIVE, "instances:delete", "operator"),
    "create_instances": (Risk.DESTRUCTIVE, "orders:create", "operator"),
}
EASED = {"run_command": Risk.CHANGE, "start_command": Risk.CHANGE}


class Five:
    """A plan of five phones."""

    count = 5


def test_there_is_an_action_for_each_call_of_the_reference_and_one_composed() -> None:
    assert set(ACTIONS) == {call.name for call in CALLS} | {"fleet_summary"} == set(AGREED)


@pytest.mark.parametrize("name", NAMES)
def test_risk_permission_and_default_role_are_those_that_were_agreed(name: str) -> None:
    action = ACTIONS[name]
    risk, permission, role = AGREED[name]
    assert (action.risk, str(action.permission)) == (risk, permission)
    holders = {holder for holder, permissions in ROLES.items() if Permission(permission) in permissions}
    assert holders == ({"viewer", "operator"} if role == "viewer" else {"operator"})


def test_roles_hold_nothing_that_no_action_needs() -> None:
    own = frozenset(action.permission for action in load_control().values())
    needed = {action.permission for action in ACTIONS.values()}
    assert frozenset[Permission]().union(*ROLES.values()) == needed | own
    assert (ROLES["approver"], ROLES["admin"]) == (own, own)


@pytest.mark.parametrize("name", NAMES)
def test_name_is_that_of_the_file_and_word_is_short_and_its_own(name: str) -> None:
    action = ACTIONS[name]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
    assert (FOLDER / f"{name}.py").is_file()
    assert action.name == name
    assert re.fullmatch(r"[a-z]{2,12}", action.word)
    assert [each.name for each in ACTIONS.values() if each.word == action.word] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_documentation_is_for_people_who_know_neither_the_code_nor_the_reference(name: str) -> None:
    action = ACTIONS[name]
    assert 10 < len(action.summary) < 80
    assert action.summary[0].isupper()
    assert "\n" not in action.summary + action.details
    assert 3 < len(action.title) <= 24
    for text in (action.doc, action.title, *descriptions(action)):
        assert text.replace("\n", " ").isprintable()
        assert not re.search(r"conflict|todo", text, re.IGNORECASE)


def descriptions(action: AnyAction) -> list[str]:
    """Of all params, and of what they are made of."""
    definitions = action.params.model_json_schema()
    models = [definitions, *definitions.get("$defs", {}).values()]
    return [field.get("description", "") for model in models for field in model.get("properties", {}).values()]


@pytest.mark.parametrize("name", NAMES)
def test_every_param_is_described_and_its_type_refuses_what_it_does_not_know(name: str) -> None:
    action = ACTIONS[name]
    assert all(descriptions(action))
    assert action.params.model_config.get("extra") == "forbid"
    assert action.params.model_config.get("strict") is True
    assert action.params.model_config.get("frozen") is True
    assert action.params.model_config.get("hide_input_in_errors") is True
    assert action.result.model_config.get("extra") == "ignore"
    assert action.result.model_config.get("hide_input_in_errors") is True
    assert action.params.__doc__
    assert action.result.__doc__


@pytest.mark.parametrize("name", CHANGING)
def test_whatever_changes_says_what_it_does_how_it_is_undone_and_how_it_is_proved(name: str) -> None:
    action = ACTIONS[name]
    change, example = action.change, action.examples[0]
    assert change is not None
    asked = change.confirm(example.params, Five())
    assert asked.endswith("?")
    assert asked.isprintable()
    assert "5" in asked
    assert change.undo.endswith(".")
    assert isinstance(change.verify, Until | Follow | Appear | Unverifiable)
    assert isinstance(change.resend, Resend)
    assert action.count_of(example.params) > 0


@pytest.mark.parametrize("name", CHANGING)
def test_proof_is_a_read_with_an_end_and_comes_from_a_phone_that_was_seen_leaving(name: str) -> None:
    change = ACTIONS[name].change
    assert change is not None
    verify = change.verify
    if isinstance(verify, Unverifiable):
        assert verify.why.endswith(".")
        return
    assert verify.action.risk is Risk.READ
    assert 0 < verify.within.total_seconds() <= 3600
    if isinstance(verify, Until) and name in {"reset_instances", "reboot_instances", "backup_instances"}:
        assert verify.left is not None


def test_order_is_never_sent_twice_and_everything_else_only_unprocessed() -> None:
    never = {name for name in CHANGING if (change := ACTIONS[name].change) and change.resend is Resend.NEVER}
    assert never == {"create_instances"}


def test_only_commands_are_eased_and_only_by_one_step_into_the_harmless() -> None:
    eased = {name: change.eased for name in CHANGING if (change := ACTIONS[name].change) and change.eased}
    assert {name: each.to for name, each in eased.items()} == EASED
    assert all(isinstance(each, Eased) for each in eased.values())
    for name in EASED:
        action = ACTIONS[name]
        harmless = action.params(command="ls -l /system", instance_ids=("a",))
        harmful = action.params(command="rm -rf /sdcard", instance_ids=("a",))
        assert (action.risk_of(harmless), action.risk_of(harmful)) == (Risk.CHANGE, Risk.DESTRUCTIVE)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in EASED])
def test_risk_of_any_other_call_is_the_declared_one(name: str) -> None:
    action = ACTIONS[name]
    assert action.risk_of(action.examples[0].params) is action.risk


@pytest.mark.parametrize("name", NAMES)
def test_call_is_batched_as_the_reference_limits_it(name: str) -> None:
    action = ACTIONS[name]
    if isinstance(action.by, Compose):
        assert action.by.needs.risk is Risk.READ
        return
    assert isinstance(action.by, Endpoint)
    assert (action.by.batch is not None) is issubclass(action.params, Targets)
    assert action.by.batch is None or action.by.batch.per_call == 100


@pytest.mark.parametrize("name", NAMES)
def test_example_names_its_section_and_has_its_own_type(name: str) -> None:
    action = ACTIONS[name]
    for example in action.examples:
        assert type(example.params) is action.params
        assert re.fullmatch(r"4\.\d\.\d{1,2}", example.source)


def imported(path: Path) -> set[str]:
    """Modules that a file imports, with what it takes from the package itself."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by dots"
            taken = {f"tools.{each.name}" for each in node.names}
            names |= taken if node.module == "tools" else {node.module or ""}
    return names


@pytest.mark.parametrize("module", MODULES)
def test_module_imports_only_the_vocabulary_its_read_neighbours_and_quiet_libraries(module: str) -> None:
    for name in imported(FOLDER / f"{module}.py"):
        root, _, own = name.partition(".")
        if root == "tools" and not own.startswith("_"):
            assert not module.startswith("_"), f"{module} imports the action {own}"
            assert ACTIONS[own].risk is Risk.READ
        elif root != "tools":
            extra = (
                {"importlib", "pkgutil", "types"}
                if module == "_discovery"
                else {"functools", "json", "string", "types", "unicodedata"}
            )
            assert root in QUIET | (extra if module.startswith("_") else set()) | {"pydantic_core"}
            assert name not in {"urllib.request", "urllib.error"}


def test_modules_were_looked_at() -> None:
    assert len(MODULES) > 30
    assert set(ACTIONS) <= set(MODULES)


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith("_")])
def test_action_module_holds_no_loop_over_the_outside(module: str) -> None:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    outside = (ast.AsyncFunctionDef, ast.Await, ast.With, ast.AsyncWith, ast.Global, ast.Try)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, outside)] == []
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "print", "input", "exec", "eval", "__import__", "getattr", "setattr"}


def test_vocabulary_is_whole_and_sorted() -> None:
    assert all(hasattr(tools, name) for name in tools.__all__)
    assert list(tools.__all__) == sorted(
        tools.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
