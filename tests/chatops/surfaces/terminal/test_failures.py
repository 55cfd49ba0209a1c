import json
import stat
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from chatops.errors import ConfigurationError
from chatops.surfaces.terminal.failures import tell
from chatops.surfaces.terminal.printing import OutputClosed, OutputFailed


def thrown(message: str) -> Exception:
    """An error with a traceback."""
    try:
        raise RuntimeError(message)  # noqa: TRY301  # only what was raised has a traceback
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Interrupted."),
        (click.Abort(), 130, "Interrupted."),
        (OutputClosed(), 141, ""),
        (click.UsageError("Wrong."), 2, "Error: Wrong."),
        (ConfigurationError("No team.", next_step="Make one."), 2, "No team.\nMake one."),
        (ExceptionGroup("", [ConfigurationError("No team.")]), 2, "No team."),
        (
            OutputFailed(28, "No space left on device", "standard output"),
            1,
            "No space left on device (standard output).",
        ),
    ],
)
def test_each_error_has_its_sentence_and_its_exit_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, said: str
) -> None:
    assert tell(error, as_json=False) == code
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", said)


@pytest.mark.parametrize(
    ("error", "code", "name"),
    [(click.UsageError("Wrong."), 2, "usage_invalid"), (ConfigurationError("No."), 2, "configuration_invalid")],
)
def test_errors_are_json_where_json_was_asked_for(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, name: str
) -> None:
    assert tell(error, as_json=True) == code
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["error"]["code"]) == ("invalid", name)


def test_json_is_kept_from_a_standard_output_that_takes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(OutputFailed(28, "No space left on device", "standard output"), as_json=True) == 1
    assert capsys.readouterr() == ("", "No space left on device (standard output).\n")
    assert tell(OSError(98, "Address already in use"), as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "system_error"


def test_interruption_is_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(KeyboardInterrupt(), as_json=True) == 130
    assert json.loads(capsys.readouterr().out) == {"status": "cancelled", "message": "Interrupted."}


def test_what_nobody_expected_is_kept_in_a_file_and_named_by_an_id(
    capsys: pytest.CaptureFixture[str], environment: Mapping[str, str], tmp_path: Path
) -> None:
    assert tell(thrown("inner workings"), as_json=False) == 1
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert "inner workings" not in err
    identifier = err.split("(id ")[1].split(")")[0]
    log = tmp_path / "state" / "errors.log"
    text = log.read_text(encoding="utf-8")
    assert identifier in text
    assert "RuntimeError: inner workings" in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_what_cannot_be_kept_is_still_told(
    capsys: pytest.CaptureFixture[str], environment: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("", encoding="utf-8")
    assert tell(thrown("inner workings"), as_json=True) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["code"] == "internal_error"
    assert "RuntimeError" in answer["message"]
