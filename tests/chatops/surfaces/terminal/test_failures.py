import json
import stat
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from chatops.errors import ConfigurationError
from chatops.surfaces.terminal.failures import tell
from chatops.surfaces.terminal.printing import OutputClosed, OutputFailed
from chatops.surfaces.terminal.streams import NoOutput

COMPLAINS = "Put right what the system complains of, and try again."
LOST = "The answer is lost; what was done is done. Send the output where it can be written."
LATE = "Try again. If it was a change, look first at what became of it: chatops operations list"
USAGE = "Wrong.\nHow it is used: run --help"
LONG = f"Invalid value '{'9' * 185} [...] {'9' * 85}' is too large.\nHow it is used: chatops --help"


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
        (click.UsageError("Wrong."), 2, "Wrong.\nHow it is used: chatops --help"),
        (click.UsageError("Wrong.", click.Context(click.Command("run"), info_name="run")), 2, USAGE),
        (click.UsageError(f"Invalid value '{'9' * 6000}' is too large."), 2, LONG),
        (ConfigurationError("No team.", next_step="Make one."), 2, "No team.\nMake one."),
        (ExceptionGroup("", [ConfigurationError("No team.")]), 2, "No team."),
        (
            OutputFailed(28, "No space left on device", "standard output"),
            1,
            "No space left on device (standard output).\n" + LOST,
        ),
        (PermissionError(13, "Permission denied", "/x"), 1, "Permission denied (/x).\n" + COMPLAINS),
        (TimeoutError(), 1, "Something that was waited for did not come in time.\n" + LATE),
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
    [
        (click.UsageError("Wrong."), 2, "usage_invalid"),
        (click.exceptions.NoArgsIsHelpError(click.Context(click.Group("run"))), 2, "usage_invalid"),
        (ConfigurationError("No.", next_step="Make one."), 2, "configuration_invalid"),
    ],
)
def test_errors_are_json_where_json_was_asked_for(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, name: str
) -> None:
    assert tell(error, as_json=True) == code
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["error"]["code"]) == ("invalid", name)
    assert answer["error"]["next_step"]
    assert len(answer["message"]) < 400


def test_json_is_kept_from_a_standard_output_that_takes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(OutputFailed(28, "No space left on device", "standard output"), as_json=True) == 1
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", "No space left on device (standard output).")
    assert tell(OSError(98, "Address already in use"), as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "system_error"
    assert tell(TimeoutError(), as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "timed_out"


def test_error_that_cannot_be_written_as_json_is_said_to_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", NoOutput())
    assert tell(ConfigurationError("No team.", next_step="Make one."), as_json=True) == 2
    assert tell(KeyboardInterrupt(), as_json=True) == 130
    assert capsys.readouterr().err == "No team.\nMake one.\nInterrupted.\n"


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
    assert str(log) in err
    assert "chatops operations list" in err
    log.chmod(0o644)
    tell(thrown("again"), as_json=False)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_what_cannot_be_kept_is_still_told(
    capsys: pytest.CaptureFixture[str], environment: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("", encoding="utf-8")
    assert tell(thrown("inner workings"), as_json=True) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["code"] == "internal_error"
    assert "RuntimeError" in answer["message"]
    assert "CHATOPS_STATE_DIR" in answer["error"]["next_step"]
