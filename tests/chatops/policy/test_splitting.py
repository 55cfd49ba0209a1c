from hypothesis import given
from hypothesis import strategies as st

from chatops.policy.loading import RULES, shipped_text
from chatops.policy.splitting import Piece, pieces

RULE = "permit (principal, action, resource);"


def test_each_rule_is_told_apart_with_its_line_and_id() -> None:
    text = f'// first\n\n@id("one")\n{RULE}\n  // between\n@id("two") {RULE} @id("three")\n{RULE}'
    assert [(piece.line, piece.name) for piece in pieces(text)] == [(3, "one"), (6, "two"), (6, "three")]


def test_semicolon_in_a_string_or_a_comment_ends_nothing() -> None:
    text = f'@id("a")\n@message("one; \\"two\\"; // no comment")\n// really; a comment "\n{RULE}'
    assert list(pieces(text)) == [Piece(text=text, line=1, name="a")]


def test_unfinished_rule_is_a_piece_so_that_the_parser_refuses_it() -> None:
    assert [piece.text for piece in pieces(f"{RULE}\npermit (principal")] == [RULE, "permit (principal"]


def test_text_of_comments_and_spaces_has_no_rules() -> None:
    assert list(pieces("  // nothing;\n\t\n//")) == []


def test_shipped_rules_are_as_many_as_their_ids() -> None:
    text = shipped_text(RULES)
    assert len(list(pieces(text))) == text.count("\n@id(")


@given(text=st.text(alphabet=';"\\/\n @p', max_size=40))
def test_no_text_is_lost_but_space_and_comments(text: str) -> None:
    kept = "".join(piece.text for piece in pieces(text))
    assert kept.count("p") + kept.count("@") >= sum(
        line.partition("//")[0].count("p") + line.partition("//")[0].count("@")
        for line in text.split("\n")
        if '"' not in text
    )
