from pathlib import Path

import pytest

from chatops.control import load_control
from chatops.docs import error_kinds, generated_files, stale_docs, write_docs
from chatops.surfaces.mcp.schemas import token_cost
from tools import load_actions

PAGE = "# Title\n\n<!-- generated: roles -->\nold\n<!-- end -->\nwritten by a person\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("tools", "chatops/control", "prompts"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "README.md").write_text(PAGE)
    (tmp_path / "chatops" / "README.md").write_text("# Nothing generated\n")
    (tmp_path / "prompts" / "README.md").write_text("# Nothing either\n")
    return tmp_path


def test_stale_page_is_named_and_written_once(tree: Path) -> None:
    stale = [tree / "tools" / "README.md", tree / "chatops" / "control" / "README.md", tree / "README.md"]
    assert stale_docs(tree) == stale
    assert write_docs(tree) == stale
    assert (stale_docs(tree), write_docs(tree)) == ([], [])


def test_what_people_wrote_around_a_passage_stays(tree: Path) -> None:
    write_docs(tree)
    text = (tree / "README.md").read_text()
    assert text.startswith("# Title\n")
    assert text.endswith("written by a person\n")
    assert "old" not in text
    assert "`viewer`" in text


def test_edited_passage_is_stale(tree: Path) -> None:
    write_docs(tree)
    page = tree / "README.md"
    page.write_text(page.read_text().replace("`viewer`", "`reader`"))
    assert stale_docs(tree) == [page]


def test_page_of_actions_has_a_section_for_each(tree: Path) -> None:
    write_docs(tree)
    for page, actions in (("tools", load_actions()), ("chatops/control", load_control())):
        text = (tree / page / "README.md").read_text()
        assert text.count("\n## ") == len(actions)
        for name, action in actions.items():
            assert f"\n## {name}\n" in text
            assert f"`{action.permission}`" in text
            assert f"({action.word}, {token_cost(action)} tokens)" in text


def test_every_page_is_among_the_generated_files(tree: Path) -> None:
    assert len(generated_files(tree)) == 5


def test_error_codes_are_unique() -> None:
    codes = [kind.code for kind in error_kinds()]
    assert len(codes) == len(set(codes))
