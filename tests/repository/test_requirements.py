import re
from collections import Counter

import pytest

from tests.requirements import REQUIREMENTS

_ID = re.compile(r"(endpoint|header|limit|enum|status|code|conflict):[A-Za-z0-9_./-]+")


def test_checklist_is_as_long_as_the_reference() -> None:
    kinds = Counter(identifier.partition(":")[0] for identifier in REQUIREMENTS)
    assert kinds["endpoint"] == 18 + 2
    assert kinds["status"] == 18 + 2
    assert kinds["code"] == 47
    assert kinds["conflict"] == 80
    assert min(kinds["header"], kinds["limit"], kinds["enum"]) > 15


@pytest.mark.parametrize("identifier", REQUIREMENTS)
def test_requirement_is_an_id_and_one_english_sentence(identifier: str) -> None:
    sentence = REQUIREMENTS[identifier]
    assert _ID.fullmatch(identifier)
    assert sentence.isascii()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence.split()) > 4


def test_every_carried_id_is_a_requirement(carried_requirements: dict[str, list[str]]) -> None:
    unknown = {
        identifier: tests[0] for identifier, tests in carried_requirements.items() if identifier not in REQUIREMENTS
    }
    assert not unknown


def test_every_requirement_is_carried_by_a_test(
    carried_requirements: dict[str, list[str]], *, whole_suite_collected: bool
) -> None:
    if not whole_suite_collected:
        pytest.skip("only a part of the tests was collected: who carries what is not known")
    assert [identifier for identifier in REQUIREMENTS if identifier not in carried_requirements] == []
