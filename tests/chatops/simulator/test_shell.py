import pytest

from chatops.simulator.phones import Phone, Running
from chatops.simulator.regions import CN_NORTH_4
from chatops.simulator.shell import NOT_FOUND, run


def _phone(*, broken: bool = False) -> Phone:
    return Phone(id="demo0001", name="", region=CN_NORTH_4, sku="", storage_mb=1, created=0.0, broken=broken)


@pytest.mark.parametrize(
    "command",
    ["ls", "ls -l /system", "getprop", "uptime", "pm list packages", "dumpsys battery", "df -h", "id", "date", "ps"],
)
def test_known_commands_answer(command: str) -> None:
    outcome = run(_phone(), Running.RUNNING, command, {})
    assert (outcome.error_number, outcome.error_message) == ("", "")
    assert outcome.output


@pytest.mark.parametrize("command", ["nonsense", "ls /nowhere", "pm clear x", " ", "sleep x"])
def test_what_does_not_work_fails_as_printed(command: str) -> None:
    outcome = run(_phone(), Running.RUNNING, command, {})
    assert (outcome.error_number, outcome.error_message) == ("0191", "Run command failed.")
    assert outcome.output


def test_a_broken_phone_fails_with_the_printed_output() -> None:
    outcome = run(_phone(broken=True), Running.UNKNOWN, "ls -l /system", {})
    assert outcome.output == "ls: cannot access '/system': No such file or directory"


@pytest.mark.parametrize("running", [state for state in Running if state is not Running.RUNNING])
def test_a_phone_that_is_not_up_is_not_found(running: Running) -> None:
    assert run(_phone(), running, "ls", {}) is NOT_FOUND


def test_output_ends_at_1024_bytes() -> None:
    outcome = run(_phone(), Running.RUNNING, "echo " + "x" * 1019, {f"com.example.{n}": "1" for n in range(200)})
    assert outcome.output is not None
    assert len(outcome.output) == 1019
    outcome = run(_phone(), Running.RUNNING, "pm list packages", {f"com.example.{n}": "1" for n in range(200)})
    assert outcome.output is not None
    assert len(outcome.output) == 1024


def test_a_property_is_told_by_its_name() -> None:
    assert run(_phone(), Running.RUNNING, "getprop ro.build.version.release", {}).output == "9"
    assert run(_phone(), Running.RUNNING, "getprop ro.nothing", {}).output == ""


def test_sleeping_takes_its_time() -> None:
    assert run(_phone(), Running.RUNNING, "sleep 30", {}).seconds == 30.0
