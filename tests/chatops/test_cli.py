import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from chatops import __version__
from chatops.cli import run
from chatops.identity import account_name
from chatops.simulator import ACCESS_KEY, SECRET_KEY

LAUNCH = "from chatops.__main__ import main; main()"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing is configured but where things would be."""
    for name in [name for name in os.environ if name.startswith("CHATOPS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHATOPS_TEAM_FILE", str(tmp_path / "team" / "chatops.yaml"))
    monkeypatch.setenv("CHATOPS_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def program(words: list[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *words],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"chatops {__version__}\n"


def test_help_lists_the_commands_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in (
        "actions",
        "approvals",
        "audit",
        "completion",
        "demo",
        "docs",
        "freeze",
        "init",
        "mcp",
        "operations",
        "policy",
        "run",
        "serve",
        "simulate",
        "slack",
        "token",
        "unfreeze",
    ):
        assert f"\n  {name} " in shown
    assert "4 another person has to approve it" in " ".join(shown.split())


def test_no_command_shows_the_help_and_exits_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: chatops" in capsys.readouterr().err


def test_without_a_team_file_the_answer_says_how_to_make_one(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["actions"]) == 2
    assert "chatops init" in capsys.readouterr().err
    assert run(["run", "list", "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["next_step"] == "Make one with: chatops init"


def test_init_makes_the_person_at_the_keyboard_an_operator(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0
    said = capsys.readouterr().out
    assert str(alone / "team" / "chatops.yaml") in said
    assert "CHATOPS_CLOUD_ACCESS_KEY" in said
    assert "chatops actions" in said
    assert run(["actions", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["roles"] == ["operator"]
    assert account_name() in (alone / "team" / "chatops.yaml").read_text(encoding="utf-8")
    assert run(["init"]) == 2


def test_init_and_docs_answer_programs_too(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    file = str(alone / "team" / "chatops.yaml")
    assert (answer["status"], answer["data"]) == ("done", {"team_file": file, "account": account_name()})
    assert run(["init", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "configuration_invalid"
    assert run(["docs", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"stale": []}


def test_stale_pages_are_named_to_programs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatops.docs.stale_docs", lambda root: [root / "README.md"])
    assert run(["docs", "--check", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["data"]) == ("failed", {"stale": ["README.md"]})


def test_missing_credentials_are_a_configuration_error(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["init"])
    assert run(["run", "list"]) == 2
    assert "CHATOPS_CLOUD_ACCESS_KEY" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["operations", "list"], ["approvals", "list"], ["audit", "show"], ["audit", "verify"], ["policy", "check"]],
)
def test_own_records_are_read_without_credentials(
    alone: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    run(["init"])
    assert run([*words, "--json"]) == 0
    assert run(["approvals", "approve", "op_1"]) == 2
    assert "CHATOPS_CLOUD_ACCESS_KEY" in capsys.readouterr().err


def test_json_behind_two_dashes_asks_for_none(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "status", "--", "--json"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_printed(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert run(["completion", shell]) == 0
    assert "_CHATOPS_COMPLETE" in capsys.readouterr().out


@pytest.mark.process
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_reads_the_completion_script(tmp_path: Path) -> None:
    script = subprocess.run(
        [sys.executable, "-c", LAUNCH, "completion", "bash"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert subprocess.run(["bash", "-n"], input=script, check=False).returncode == 0


def test_simulator_that_cannot_be_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["--phones", "100001"], "phones must be 0 to 100,000, not 100001."),
        (["--phones", "-1"], "phones must be 0 to 100,000, not -1."),
        (["--speed", "0"], "speed must be 0.001 to 1,000,000,000, not 0."),
        (["--speed", "nan"], "speed must be 0.001 to 1,000,000,000, not nan."),
        (["--speed", "inf"], "speed must be 0.001 to 1,000,000,000, not inf."),
        (["--port", "65536"], "65536 is not in the range"),
        (["--seed", "1.5"], "'1.5' is not a valid integer"),
    ):
        assert run(["simulate", *words]) == 2
        assert said in capsys.readouterr().err


def test_simulator_on_a_port_that_is_taken_says_which_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["simulate", "--phones", "1", "--port", str(port)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"Port {port} cannot be had: Address already in use.\n" in err
    assert "Name another one with --port" in err


@pytest.mark.process
def test_simulator_says_where_it_listens_and_ends_on_a_signal(tmp_path: Path) -> None:
    with program(["simulate", "--phones", "10", "--dialect", "example"], os.environ, tmp_path) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert line.startswith("CloudDevice simulator on http://127.0.0.1:")
    assert "10 phones, dialect example" in line
    assert process.returncode == 0
    url = line.split()[3]
    exports = dict(re.findall(r"(?m)^export (\w+)=(\S+)$", err))
    assert exports == {
        "CHATOPS_CLOUD_ENDPOINT": url,
        "CHATOPS_CLOUD_IAM_ENDPOINT": url,
        "CHATOPS_CLOUD_ACCESS_KEY": ACCESS_KEY,
        "CHATOPS_CLOUD_SECRET_KEY": SECRET_KEY,
    }


@pytest.mark.process
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk_behind_standard_output_is_an_error(alone: Path) -> None:
    run(["init"])
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-c", LAUNCH, "actions"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=alone,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("No space left on device (standard output).\n")


@pytest.mark.process
def test_reader_that_has_enough_is_no_fault(alone: Path) -> None:
    run(["init"])
    with program(["actions"], os.environ, alone) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert said == ""
    assert process.returncode == 141


@pytest.mark.process
def test_closed_streams_do_no_harm(alone: Path) -> None:
    run(["init"])
    ended = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" actions <&- >&- 2>&-', sys.executable, LAUNCH], cwd=alone, check=False
    )
    assert ended.returncode == 1


@pytest.mark.process
@pytest.mark.parametrize("words", ["actions", "actions --json", "--help", "docs --check", "completion bash"])
def test_answer_that_nobody_can_get_is_a_failure(alone: Path, words: str) -> None:
    run(["init"])
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -c "$1" {words} >&-', sys.executable, LAUNCH],
        cwd=alone,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("Closed (standard output).\n")


@pytest.mark.process
def test_words_that_are_no_text_are_refused_as_usage(alone: Path) -> None:
    words = [b"operations", b"show", b"op_\xff\xfe", b"--json"]
    ended = subprocess.run([sys.executable, "-c", LAUNCH, *words], cwd=alone, capture_output=True, check=False)
    answer = json.loads(ended.stdout)
    assert (ended.returncode, answer["error"]["code"]) == (2, "usage_invalid")
    assert answer["message"] == r"Word 3 of the command line is no UTF-8 text: 'op_\udcff\udcfe'."


@pytest.mark.parametrize("words", [["list", "--limit"], ["phones", "--params"], ["video", "x", "--p540"]])
@pytest.mark.parametrize("digits", [400, 6000])
def test_number_of_thousands_of_digits_is_refused_in_few_words(
    alone: Path, capsys: pytest.CaptureFixture[str], words: list[str], digits: int
) -> None:
    assert run(["run", *words, "9" * digits]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err) < 600
    assert "set_int_max_str_digits" not in err
    assert "--" in err


def test_manifest_of_the_slack_app_is_printed_for_both_ways_in(
    alone: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["slack", "manifest"]) == 0
    asking = json.loads(capsys.readouterr().out)
    assert asking["settings"]["socket_mode_enabled"] is True
    assert run(["slack", "manifest", "--http"]) == 2
    assert "CHATOPS_PUBLIC_URL=https://HOST" in capsys.readouterr().err
    monkeypatch.setenv("CHATOPS_PUBLIC_URL", "https://phones.example.com")
    monkeypatch.setenv("CHATOPS_SLACK_COMMAND", "/fleet")
    assert run(["slack", "manifest", "--http"]) == 0
    told = json.loads(capsys.readouterr().out)
    (command,) = told["features"]["slash_commands"]
    assert (command["command"], command["url"]) == ("/fleet", "https://phones.example.com/slack/events")
    monkeypatch.setenv("CHATOPS_PUBLIC_URL", "http://phones.example.com")
    assert run(["slack", "manifest", "--http"]) == 2
