import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from chatops.operations.seeing import Seen
from chatops.operations.states import Verification

PHONES = ("a", "b")
SUBSETS = st.sets(st.sampled_from(PHONES))


@pytest.mark.parametrize(
    ("seen", "must_leave", "over", "verdict"),
    [
        (Seen(left={"a", "b"}, reached={"a", "b"}), True, False, Verification.VERIFIED),
        (Seen(reached={"a", "b"}), False, False, Verification.VERIFIED),
        (Seen(reached={"a", "b"}), True, False, None),
        (Seen(reached={"a", "b"}), True, True, Verification.UNKNOWN),
        (Seen(left={"a"}, reached={"a", "b"}), True, True, Verification.UNKNOWN),
        (Seen(left={"a", "b"}, reached={"a"}, elsewhere={"b"}), True, True, Verification.MISMATCH),
        (Seen(left={"a", "b"}, reached={"a"}), True, True, Verification.UNKNOWN),
        (Seen(reached={"a"}), False, False, None),
        (Seen(reached={"a"}, elsewhere={"b"}), False, True, Verification.MISMATCH),
        (Seen(reached={"a"}, elsewhere={"b"}), False, False, None),
        (Seen(), False, True, Verification.UNKNOWN),
        (Seen(reached={"a"}, failed={"b"}), False, False, Verification.MISMATCH),
        (Seen(failed={"b"}), False, False, None),
        (Seen(failed={"b"}), False, True, Verification.MISMATCH),
    ],
)
def test_verdict_is_what_was_proven(seen: Seen, *, must_leave: bool, over: bool, verdict: Verification | None) -> None:
    assert seen.verdict(PHONES, must_leave=must_leave, over=over) is verdict


@given(left=SUBSETS, reached=SUBSETS, failed=SUBSETS, must_leave=st.booleans(), over=st.booleans())
def test_nothing_is_verified_that_was_not_seen_of_every_phone(
    left: set[str], reached: set[str], failed: set[str], *, must_leave: bool, over: bool
) -> None:
    seen = Seen(left=left, reached=reached, failed=failed)
    if seen.verdict(PHONES, must_leave=must_leave, over=over) is Verification.VERIFIED:
        assert reached >= set(PHONES)
        assert not must_leave or left >= set(PHONES)


@given(left=SUBSETS, reached=SUBSETS, failed=SUBSETS, must_leave=st.booleans())
def test_watch_that_is_over_has_a_verdict(
    left: set[str], reached: set[str], failed: set[str], *, must_leave: bool
) -> None:
    assert Seen(left=left, reached=reached, failed=failed).verdict(PHONES, must_leave=must_leave, over=True) is not None


@given(left=SUBSETS, reached=SUBSETS, failed=SUBSETS)
def test_what_was_seen_comes_back_from_the_store(left: set[str], reached: set[str], failed: set[str]) -> None:
    seen = Seen(left=left, reached=reached, failed=failed)
    assert Seen.read(seen.document()) == seen


@pytest.mark.parametrize("document", [None, [], "left", {"left": "a"}, {"other": ["a"]}])
def test_store_that_holds_nothing_of_the_kind_is_nothing_seen(document: JsonValue) -> None:
    assert Seen.read(document) == Seen()
