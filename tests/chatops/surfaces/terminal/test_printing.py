import io
import json
from dataclasses import replace

import pytest

from chatops.errors import UpstreamRejected
from chatops.outcome import Outcome, Status
from chatops.surfaces.terminal.printing import OutputClosed, complain, print_json, print_outcome, write


def test_refusals_and_errors_go_to_standard_error_with_the_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    error = UpstreamRejected(
        "No\x1b[2J.",
        next_step="Wait.",
        upstream_code="5001",
        upstream_message="obey\nme",
        request_ids=("ab", "cd"),
    )
    outcome = Outcome(status=Status.FAILED, message=error.message, error=error, warnings=("Audit full.",))
    print_outcome(outcome, as_json=False, reveal=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == 'No[2J.\nThe API says: "obey me"\n(upstream code 5001, request id cd)\nWait.\nnote: Audit full.\n'


def test_json_is_one_line_in_a_pipe_and_escaped_where_it_must_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    print_json({"message": "专"})
    assert capsys.readouterr().out == '{"message": "专"}\n'
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    print_json({"message": "专"})
    assert json.loads(raw.getvalue()) == {"message": "专"}


class Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


class Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_closed_pipe_and_full_disk_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Closed())
    with pytest.raises(OutputClosed):
        write("x")
    monkeypatch.setattr("sys.stdout", Full())
    with pytest.raises(OSError, match="standard output"):
        write("x")


def test_complaint_is_written_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    complain("Interrupted.")
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.ACCEPTED, "note: What becomes of it: chatops operations watch op_1\n"),
        (Status.UNKNOWN, "note: What becomes of it: chatops operations watch op_1\n"),
        (Status.DONE, "note: Its record: chatops operations show op_1\n"),
    ],
)
def test_operation_is_named_to_people_with_the_way_to_it(
    capsys: pytest.CaptureFixture[str], status: Status, told: str
) -> None:
    outcome = Outcome(status=status, message="Reboot of 1 phone accepted.", operation_id="op_1")
    print_outcome(outcome, as_json=False, reveal=False)
    assert capsys.readouterr().err.endswith(told)
    print_outcome(replace(outcome, message="See op_1."), as_json=False, reveal=False)
    assert capsys.readouterr().err == "See op_1.\n"
    print_outcome(outcome, as_json=True, reveal=False)
    assert capsys.readouterr().err == ""
