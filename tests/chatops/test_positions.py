from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from chatops.errors import ConfigurationError
from chatops.positions import read_document

FILE = Path("team.yaml")


class _Sized(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    size: int


def test_error_names_the_line_of_the_key_it_is_about() -> None:
    document = read_document(FILE, b"people:\n  alice:\n    roles: [operator]\n  bob:\n    roles: [x]\n")
    assert "team.yaml, line 5:" in document.error(("people", "bob", "roles", 0), "bad", fix="mend").message


def test_error_about_something_absent_names_the_nearest_line_above() -> None:
    document = read_document(FILE, b"people:\n  alice:\n    roles: []\n")
    assert "line 2:" in document.error(("people", "alice", "shoe"), "bad", fix="mend").message


def test_empty_file_is_an_empty_mapping() -> None:
    assert read_document(FILE, b"").content == {}


def test_key_that_stands_twice_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigurationError, match="line 3: people stands here twice"):
        read_document(FILE, b"people: {}\nlimits: {}\npeople: {}\n")


@pytest.mark.parametrize(
    "text",
    [
        b"people: [",
        b"\tpeople: {}",
        b"a: b: c",
        b"people: !!python/object:os.system x",
        b"\xff\xfe\x00",
        b"a: *b",
        b"\x00",
    ],
)
def test_what_is_not_yaml_is_refused_without_a_traceback(text: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"team\.yaml"):
        read_document(FILE, text)


def test_alias_bomb_is_refused() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n".encode() for n in range(8)
    )
    with pytest.raises(ConfigurationError, match="alias"):
        read_document(FILE, bomb)


@pytest.mark.parametrize("text", [b"- a\n- b\n", b"just a sentence\n", b"42\n"])
def test_anything_but_a_mapping_is_refused(text: bytes) -> None:
    with pytest.raises(ConfigurationError, match="must be a mapping"):
        read_document(FILE, text)


def test_what_a_model_does_not_take_is_named_with_its_line_and_a_way_out() -> None:
    document = read_document(FILE, b"name: a\nsize: many\n")
    with pytest.raises(ValidationError) as raised:
        _Sized.model_validate(document.content)
    error = document.invalid(raised.value)
    assert error.message.startswith("team.yaml, line 2: size: must be a whole number.")
    assert error.next_step == "Correct size."


def test_key_that_a_model_does_not_know_is_called_unknown() -> None:
    document = read_document(FILE, b"name: a\nsize: 1\nshoe: 44\n")
    with pytest.raises(ValidationError) as raised:
        _Sized.model_validate(document.content)
    assert document.invalid(raised.value).message == "team.yaml, line 3: unknown key shoe."
