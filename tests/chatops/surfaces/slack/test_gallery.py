import pytest

from tests.chatops.surfaces.slack.gallery import PAGE, scenes, written
from tests.slack import JsonObject
from tests.slack.limits import message_findings, view_findings


def test_what_is_shown_to_readers_is_what_is_drawn() -> None:
    stale = [
        file.name for file, text in written().items() if not file.is_file() or file.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "python -m tests.chatops.surfaces.slack.gallery writes them"
    picture = PAGE.with_suffix(".png").name  # of that page in a browser, which is not there everywhere
    assert {each.name for each in PAGE.parent.iterdir()} == {picture, *(file.name for file in written())}


@pytest.mark.parametrize("payload", [each for _, each in scenes()], ids=[name for name, _ in scenes()])
def test_slack_would_take_it(payload: JsonObject) -> None:
    findings = view_findings(payload) if "type" in payload else message_findings(payload)
    assert findings == []
