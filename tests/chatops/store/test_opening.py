import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.store import open_database, opening
from chatops.store.keys import KEY_FILE
from chatops.store.migrations import MIGRATIONS
from tests.chatops.store.stores import KEY, Place, names

OTHER = SecretStr("o" * 32)


def test_new_store_is_one_file_and_its_key_for_their_owner_only(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "state")
    place.open(key=None)
    place.close()
    assert names(place.folder) == ["chatops.db", KEY_FILE]
    assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700


def test_files_beside_the_store_are_for_their_owner_only(place: Place) -> None:
    place.open()
    assert {stat.S_IMODE(file.stat().st_mode) for file in place.folder.glob("chatops.db*")} == {0o600}


def test_store_keeps_its_id(place: Place) -> None:
    first = place.open().id
    place.close()
    assert place.open().id == first


def test_store_with_any_character_in_its_path_opens(tmp_path: Path) -> None:
    place = Place(folder=tmp_path / "a #100% é")
    place.open()
    place.close()
    assert place.file.exists()


def test_store_that_others_may_read_is_refused(place: Place) -> None:
    place.open()
    place.close()
    place.file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="Other accounts may read"):
        place.open()


def test_store_of_a_newer_program_is_refused(place: Place) -> None:
    place.open()
    place.close()
    place.tamper("UPDATE meta SET value = value + 1 WHERE name = 'schema_version'")
    with pytest.raises(ConfigurationError, match="newer version"):
        place.open()


def test_store_of_an_older_program_is_brought_up_to_date(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.open()
    place.close()
    taken: list[str] = []
    monkeypatch.setattr(opening, "MIGRATIONS", (*MIGRATIONS, object()))
    monkeypatch.setattr(opening, "migrate", lambda connection: taken.append(str(connection.in_transaction())))
    place.open()
    assert taken == ["True"]


def test_different_key_is_refused(place: Place) -> None:
    place.open()
    place.close()
    with pytest.raises(ConfigurationError, match="key does not belong"):
        place.open(key=OTHER)


def test_missing_key_is_refused(place: Place) -> None:
    place.open()
    place.close()
    with pytest.raises(ConfigurationError, match="key of the store is missing"):
        place.open(key=None)


def test_lost_key_file_is_not_made_anew(place: Place) -> None:
    place.open(key=None)
    place.close()
    (place.folder / KEY_FILE).unlink()
    with pytest.raises(ConfigurationError, match="key of the store is missing"):
        place.open(key=None)
    assert not (place.folder / KEY_FILE).exists()


def test_store_whose_key_check_was_removed_is_refused(place: Place) -> None:
    place.open()
    place.close()
    place.tamper("DELETE FROM meta WHERE name = 'key_check'")
    with pytest.raises(ConfigurationError, match="key does not belong"):
        place.open()


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to have a header" * 100])
def test_file_that_is_no_store_is_refused_and_left_alone(place: Place, content: bytes) -> None:
    place.file.touch(mode=0o600)
    place.file.write_bytes(content)
    with pytest.raises(StoreUnavailable, match="is damaged, or is not ours"):
        place.open()
    assert not content or place.file.read_bytes() == content


def test_database_of_another_program_is_refused(place: Place) -> None:
    place.file.touch(mode=0o600)
    with closing(sqlite3.connect(place.file)) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(StoreUnavailable, match="is damaged, or is not ours"):
        place.open()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://chatops:hunter2@db.example/chatops",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///chatops.db",
        "sqlite:////tmp/chatops.db?mode=ro&secret=hunter2",
        "hunter2",
        "",
    ],
)
def test_url_that_names_no_file_of_its_own_is_refused_without_showing_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        open_database(url, state_key=KEY, folder=tmp_path)
    assert "hunter2" not in f"{caught.value}{caught.value.next_step}"
    assert names(tmp_path) == []


def test_store_that_could_not_be_finished_does_not_appear(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("killed half-way")

    monkeypatch.setattr(opening, "migrate", fail)
    with pytest.raises(RuntimeError):
        place.open()
    assert names(place.folder) == []
