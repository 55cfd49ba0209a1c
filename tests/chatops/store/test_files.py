import errno
import os
import stat
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.store.files import check_private, placed
from tests.chatops.store.stores import names


def test_file_appears_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "state" / "key"
    with placed(file) as draft:
        draft.write_text("content")
        assert not file.exists()
    assert file.read_text() == "content"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_file_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("first")
    with placed(file) as draft:
        draft.write_text("second")
    assert file.read_text() == "first"
    assert names(tmp_path) == ["key"]


def test_failed_draft_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), placed(tmp_path / "key"):
        raise RuntimeError
    assert names(tmp_path) == []


def test_folder_that_cannot_be_made_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "blocker").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be made"), placed(tmp_path / "blocker" / "key"):
        pass


def test_file_system_without_links_is_a_configuration_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_draft: Path, _file: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(ConfigurationError, match="cannot be made: Operation not permitted"), placed(tmp_path / "key"):
        pass
    assert names(tmp_path) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_file_that_others_may_read_or_write_is_refused_with_the_command_that_helps(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.touch()
    file.chmod(mode)
    with pytest.raises(ConfigurationError) as caught:
        check_private(file)
    assert caught.value.next_step.endswith(f"chmod 600 {file}")


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_file_in_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    tmp_path.chmod(mode)
    with pytest.raises(ConfigurationError, match="replace files"):
        check_private(file)


def test_folder_where_each_may_only_replace_their_own_files_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    tmp_path.chmod(0o1777)
    check_private(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_file_of_another_account_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    os.chown(file, 12345, -1)
    with pytest.raises(ConfigurationError, match="another account"):
        check_private(file)


def test_folder_is_not_taken_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not a file"):
        check_private(tmp_path)
