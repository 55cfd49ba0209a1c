from pathlib import Path

from chatops.cloud.refusals import Refusals, Row

CREDENTIAL = "https://example.com key AKIDEXAMPLE"


def test_row_is_what_was_kept_last_by_anybody(tmp_path: Path) -> None:
    one, other = Refusals(tmp_path, CREDENTIAL), Refusals(tmp_path, CREDENTIAL)
    assert other.row == Row()
    one.keep(Row(count=2, last=1_756_300_000.25))
    assert other.row == Row(count=2, last=1_756_300_000.25)
    assert Refusals(tmp_path, f"{CREDENTIAL}2").row == Row()


def test_file_is_private_and_says_nothing_of_the_credential(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    Refusals(folder, CREDENTIAL).keep(Row(count=1, last=1.0))
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert "AKID" not in file.name + file.read_text(encoding="ascii")


def test_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    Refusals(tmp_path, CREDENTIAL).keep(Row(count=1, last=1.0))
    (file,) = tmp_path.iterdir()
    file.unlink()
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="ascii")
    file.symlink_to(precious)
    Refusals(tmp_path, CREDENTIAL).keep(Row(count=2, last=1.0))
    assert precious.read_text(encoding="ascii") == "mine"
