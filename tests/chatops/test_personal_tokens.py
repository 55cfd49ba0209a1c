from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from chatops.personal_tokens import PREFIX, PersonalToken, hash_of, last_day, matching, new_token


def token(secret: str, *, days: int = 1) -> PersonalToken:
    return PersonalToken(name="laptop", hash=hash_of(secret), expires=last_day(timedelta(days=days)))


def test_new_token_is_found_by_how_it_begins_and_never_comes_twice() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(each.startswith(PREFIX) and len(each) == 55 for each in made)


def test_hash_is_the_published_one() -> None:
    assert hash_of("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_token_is_matched_to_its_person_only() -> None:
    known = [("alice", token("one")), ("bob", token("two"))]
    assert matching("two", known) == known[1]
    assert matching("three", known) is None
    assert matching("", known) is None
    assert matching(known[0][1].hash, known) is None


def test_last_day_is_a_day_on_which_it_is_good() -> None:
    assert not token("x", days=0).is_expired
    assert token("x", days=-1).is_expired
    assert last_day(timedelta(days=90)) == (datetime.now(UTC) + timedelta(days=90)).date()


@pytest.mark.parametrize(
    "wrong",
    [{"hash": "sha256:abc"}, {"hash": "md5:" + "0" * 64}, {"name": "a b"}, {"expires": "soon"}, {"scope": "all"}],
)
def test_entry_that_says_something_else_is_refused(wrong: dict[str, str]) -> None:
    entry = {"name": "laptop", "hash": hash_of("x"), "expires": "2099-01-01", **wrong}
    with pytest.raises(ValidationError):
        PersonalToken.model_validate(entry)
