import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.store.keys import KEY_FILE, Keyring, load_keyring
from tests.chatops.store.stores import KEY

OTHER = SecretStr("o" * 32)


def test_sealed_content_opens_again_and_does_not_show() -> None:
    sealed = Keyring(KEY).seal(b"https://signed.example", bound_to="op_1")
    assert "signed" not in sealed
    assert Keyring(KEY).open(sealed, bound_to="op_1") == b"https://signed.example"


def test_same_content_is_sealed_differently_each_time() -> None:
    ring = Keyring(KEY)
    assert ring.seal(b"a", bound_to="op_1") != ring.seal(b"a", bound_to="op_1")


def test_content_sealed_for_one_operation_does_not_open_for_another() -> None:
    ring = Keyring(KEY)
    with pytest.raises(StoreUnavailable):
        ring.open(ring.seal(b"a", bound_to="op_1"), bound_to="op_2")


@pytest.mark.parametrize(
    "change", [lambda text: text[:-4] + "AAAA", lambda text: text[:20], lambda text: text + "\u00e9"]
)
def test_changed_seal_does_not_open(change: object) -> None:
    ring = Keyring(KEY)
    assert callable(change)
    with pytest.raises(StoreUnavailable, match="has been changed"):
        ring.open(change(ring.seal(b"a", bound_to="op_1")), bound_to="op_1")


def test_seal_of_another_key_says_so() -> None:
    with pytest.raises(StoreUnavailable, match="another key"):
        Keyring(OTHER).open(Keyring(KEY).seal(b"a", bound_to="op_1"), bound_to="op_1")


def test_each_purpose_has_its_own_key_and_id() -> None:
    ring = Keyring(KEY)
    keys = (ring.audit, ring.check, ring.derived("seal"), Keyring(OTHER).audit)
    assert len({key.id for key in keys}) == len({key.secret for key in keys}) == 4


def test_keys_are_the_same_every_time() -> None:
    assert Keyring(KEY).audit == Keyring(SecretStr("k" * 32)).audit


def test_key_does_not_show_in_its_repr() -> None:
    key = Keyring(KEY).audit
    assert repr(key) == f"Key(id={key.id!r})"


def test_short_state_key_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Keyring(SecretStr("short-secret"))
    assert "short-secret" not in f"{caught.value.message}{caught.value.next_step}"


def test_key_file_is_made_for_a_new_store_only_and_for_its_owner_only(tmp_path: Path) -> None:
    made = load_keyring(None, tmp_path, is_new=True)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert load_keyring(None, tmp_path, is_new=False).audit == made.audit


def test_second_process_that_starts_a_store_takes_the_key_of_the_first(tmp_path: Path) -> None:
    first = load_keyring(None, tmp_path, is_new=True)
    assert load_keyring(None, tmp_path, is_new=True).audit == first.audit


def test_missing_key_of_an_old_store_is_refused_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="key of the store is missing"):
        load_keyring(None, tmp_path, is_new=False)
    assert not (tmp_path / KEY_FILE).exists()


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    load_keyring(None, tmp_path, is_new=True)
    (tmp_path / KEY_FILE).chmod(0o640)
    with pytest.raises(ConfigurationError, match="Other accounts may read"):
        load_keyring(None, tmp_path, is_new=False)


def test_key_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    load_keyring(None, tmp_path, is_new=True)
    (tmp_path / KEY_FILE).write_bytes(b"\xff" * 40)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_keyring(None, tmp_path, is_new=False)


def test_state_key_goes_before_a_key_file(tmp_path: Path) -> None:
    assert load_keyring(KEY, tmp_path, is_new=True).audit == Keyring(KEY).audit
    assert not (tmp_path / KEY_FILE).exists()
