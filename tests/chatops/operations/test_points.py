import re
from pathlib import Path

import chatops
from chatops.operations.points import POINTS


def test_every_point_is_told_somewhere_and_nothing_else_is() -> None:
    sources = Path(chatops.__file__).parent.rglob("*.py")
    told = {name for each in sources for name in re.findall(r"reached\(\"(\w+)\"\)", each.read_text(encoding="utf-8"))}
    assert told == set(POINTS)
