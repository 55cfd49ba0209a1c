import ast
from pathlib import Path

from chatops import cloud
from chatops.cloud import Grant
from tests.chatops.cloud.world import ACTIONS, CHANGE, HERE, params_of

PACKAGE = Path(cloud.__file__).parents[1]


def test_grant_covers_the_call_it_was_made_for() -> None:
    assert Grant.covering(CHANGE, params_of(CHANGE), principal="alice", regions=HERE).covers(CHANGE, params_of(CHANGE))


def test_grant_for_other_phones_does_not_cover() -> None:
    grant = Grant.covering(CHANGE, CHANGE.params(instance_ids=("other",)), principal="alice", regions=HERE)
    assert not grant.covers(CHANGE, params_of(CHANGE))


def test_grant_for_another_action_with_the_same_params_does_not_cover() -> None:
    reset = ACTIONS["reset_instances"]
    assert not Grant.covering(CHANGE, params_of(CHANGE), principal="alice", regions=HERE).covers(
        reset, params_of(CHANGE)
    )


def test_grant_for_another_signed_link_does_not_cover() -> None:
    install = ACTIONS["install_app"]
    params = params_of(install)
    name = next(name for name, value in params if hasattr(value, "get_secret_value"))
    other = install.params.model_validate({**dict(params), name: "https://bucket.example.com/a.apk?Signature=other"})
    assert not Grant.covering(install, other, principal="alice", regions=HERE).covers(install, params)


def test_grant_shows_no_secret() -> None:
    install = ACTIONS["install_app"]
    shown = repr(Grant.covering(install, params_of(install), principal="alice", regions=HERE))
    assert "Signature" not in shown
    assert "http" not in shown


def test_only_what_sends_makes_grants() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "grant.py"}
    naming = {path: text for path, text in sources.items() if "Grant" in text}
    makers = {path.relative_to(PACKAGE).as_posix() for path, text in naming.items() if _makes_a_grant(ast.parse(text))}
    assert naming
    assert makers == {"operations/sending.py"}


def _makes_a_grant(tree: ast.AST) -> bool:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    owners = [each.value if isinstance(each, ast.Attribute) else each for each in calls]
    return any(isinstance(owner, ast.Name) and owner.id == "Grant" for owner in owners)
