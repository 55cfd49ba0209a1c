from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.runbooks import load_runbooks, read_runbook
from tests.chatops.runbooks.pages import HEAD, TEXT, runbook

PROMPTS = Path(__file__).parents[3] / "prompts"
PROMISED = {
    "incident_triage",
    "fleet_health",
    "phone_not_streaming",
    "app_rollout",
    "stuck_tasks",
    "capacity_order",
    "shift_handover",
    "safe_reset",
}


def test_every_file_of_the_folder_is_a_runbook_and_those_that_were_promised_are_there() -> None:
    assert list(load_runbooks()) == sorted(file.stem for file in PROMPTS.glob("*.md") if file.name != "README.md")
    assert set(load_runbooks()) >= PROMISED


def test_calls_of_the_text_are_found_with_their_lines() -> None:
    assert [(each.line, each.action) for each in runbook().reads] == [(20, "query_status"), (21, "fleet_summary")]
    assert [(each.line, each.action) for each in runbook().steps] == [(23, "query_status"), (24, "reboot_instances")]


def test_windows_line_ends_and_empty_lines_above_the_text_change_nothing() -> None:
    other = read_runbook(Path("prompts/black_screen.md"), (HEAD + "\n\n" + TEXT).replace("\n", "\r\n").encode())
    assert other.text == runbook().text
    assert [each.line for each in other.steps] == [25, 26]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (HEAD.replace("title:", "titel:"), "line 3: unknown key titel"),
        (HEAD.replace("    required: true", "    requierd: true"), "line 10: unknown key arguments.0.requierd"),
        (HEAD.replace("kind: region", "kind: continent"), "line 12: arguments.1.kind: must be 'instance_id'"),
        (HEAD.replace("title: Black screen\n", ""), "title: is missing"),
        (HEAD.replace("name: words", "name: Words"), "line 15: arguments.2.name: has characters that it may not have"),
        (HEAD.replace("title: Black screen", "title: Black screen\ntitle: Twice"), "line 4: title stands here twice"),
        (HEAD.replace("reads:", "reads:\n" + "  - fleet_summary\n" * 7), "reads: may name at most 6"),
        (HEAD.replace("reads:", "reads:\n  - query_status a44uhlf7"), "line 20: query_status a44uhlf7: write each"),
        (HEAD.replace("---\nname", "name"), "line 1: front matter must stand first"),
        (HEAD.removesuffix("---\n"), "line 1: front matter must stand first"),
        ("# Black screen\n" + HEAD, "line 1: front matter must stand first"),
        ("---\n- one\n---\n", "line 1: the file must be a mapping"),
    ],
)
def test_front_matter_that_cannot_be_used_is_refused_with_file_and_line(head: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        runbook(head)
    assert raised.value.message.startswith("prompts/black_screen.md, line ")
    assert message in raised.value.message
    assert raised.value.next_step


def test_call_in_the_text_that_is_none_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigurationError, match="line 24: query_status a44uhlf7"):
        runbook(text="1. One.\n2. `query_status a44uhlf7`\n")
