import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tools import called, load_actions, together

GOOD = "from dataclasses import replace\nfrom tools.reboot_instances import ACTION as REAL\n"
Make = Callable[[Mapping[str, str]], str]


@pytest.fixture
def make_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes a package of action modules, which is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    package = "declared_for_a_test"

    def make(modules: Mapping[str, str]) -> str:
        folder = tmp_path / package
        folder.mkdir()
        for name, text in {"__init__": "", **modules}.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return package

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def declared(name: str, word: str) -> str:
    return f"{GOOD}ACTION = replace(REAL, name={name!r}, word={word!r})\n"


def test_every_public_module_is_an_action_in_alphabetical_order(make_package: Make) -> None:
    package = make_package(
        {"melt_phones": declared("melt_phones", "melt"), "bend_phones": declared("bend_phones", "bend")}
    )
    assert list(load_actions(package)) == ["bend_phones", "melt_phones"]


def test_private_modules_are_not_looked_at(make_package: Make) -> None:
    package = make_package({"_melt": "raise RuntimeError", "bend_phones": declared("bend_phones", "bend")})
    assert list(load_actions(package)) == ["bend_phones"]


@pytest.mark.parametrize("text", ["", "ACTION = None\n", "ACTION = 'reboot'\n", "action = 1\n"])
def test_module_without_an_action_is_refused_by_name(make_package: Make, text: str) -> None:
    with pytest.raises(TypeError, match=r"melt_phones\.py declares no ACTION"):
        load_actions(make_package({"melt_phones": text}))


def test_action_of_another_name_than_its_file_is_refused(make_package: Make) -> None:
    with pytest.raises(
        ValueError, match=r"melt_phones\.py declares the action 'bend_phones'; name and file must agree"
    ):
        load_actions(make_package({"melt_phones": declared("bend_phones", "bend")}))


def test_two_actions_with_one_word_are_refused_and_both_are_named(make_package: Make) -> None:
    package = make_package(
        {"bend_phones": declared("bend_phones", "melt"), "melt_phones": declared("melt_phones", "melt")}
    )
    with pytest.raises(ValueError, match="bend_phones and melt_phones share the word 'melt'"):
        load_actions(package)


def test_name_of_before_leads_to_the_action_and_is_not_listed() -> None:
    real = load_actions()["reboot_instances"]
    actions = together(replace(real, name="restart_phones", aliases=("reboot_instances",)))
    assert list(actions) == ["restart_phones"]
    assert called(actions, "reboot_instances") is called(actions, "restart_phones") is actions["restart_phones"]
    assert called(actions, "reset_instances") is None


def test_name_of_before_that_is_another_actions_name_is_refused() -> None:
    actions = load_actions()
    renamed = replace(actions["reboot_instances"], aliases=("reset_instances",))
    with pytest.raises(ValueError, match="reboot_instances and reset_instances share the name 'reset_instances'"):
        together(renamed, actions["reset_instances"])


def test_no_action_was_renamed_yet() -> None:
    assert [action.name for action in load_actions().values() if action.aliases] == []


def test_contradicting_action_stops_the_whole_registry(make_package: Make) -> None:
    with pytest.raises(ValueError, match="action melt: it must hold that its name is verb_noun"):
        load_actions(make_package({"melt": declared("melt", "melt")}))


def test_registry_cannot_be_changed() -> None:
    actions = load_actions()
    with pytest.raises(TypeError):
        actions["melt_phones"] = actions["reboot_instances"]  # type: ignore[index]  # that it cannot be is the test
