"""Every member of every enumeration of the reference: number or word on the wire, word for people."""

import pytest
from pydantic import JsonValue

from chatops.rendering import render
from tests.reference.carrying import carrying
from tests.reference.enums import MEMBERS, VOCABULARIES, Member
from tests.scenarios.members import ASKED, SPELLED, TOLD, Arguments
from tests.tools.stage import Stage, data_of, example_arguments

pytestmark = pytest.mark.anyio

OK: dict[str, JsonValue] = {"error_code": "0", "error_msg": "ok"}


def of(*vocabularies: str) -> list[object]:
    return carrying([member for member in MEMBERS if member.vocabulary in vocabularies])


def test_every_vocabulary_is_told_or_asked() -> None:
    assert {*TOLD, *SPELLED, *ASKED, "task_prefix"} == set(VOCABULARIES)
    for vocabulary, places in TOLD.items():
        for place in places:
            assert set(place.words) == set(VOCABULARIES[vocabulary])


@pytest.mark.parametrize("member", of(*TOLD))
async def test_number_of_an_answer_is_the_word_a_person_reads(stage: Stage, member: Member) -> None:
    number = int(member.value)
    for place in TOLD[member.vocabulary]:
        detail: Arguments = {"detail": True} if place.action == "list_instances" else {}
        arguments = example_arguments(place.action, **detail)
        for written in (number, str(number)):
            body = {"data": place.answer(written), **OK}
            outcome = await stage.answered(place.action, body, arguments=arguments)
            word = place.words[member.value]
            assert place.read(data_of(outcome)) == word
            cells = [str(cell) for row in render(outcome).rows for cell in row]
            assert not place.shown or f"{word} ({number})" in cells


@pytest.mark.parametrize("vocabulary", TOLD)
@pytest.mark.parametrize("number", [7, 99, -2, "12"])
async def test_number_that_nobody_lists_is_shown_and_breaks_nothing(
    stage: Stage, vocabulary: str, number: int | str
) -> None:
    for place in TOLD[vocabulary]:
        detail: Arguments = {"detail": True} if place.action == "list_instances" else {}
        body = {"data": place.answer(number), **OK}
        outcome = await stage.answered(place.action, body, arguments=example_arguments(place.action, **detail))
        assert place.read(data_of(outcome)) == f"unlisted {number}"


@pytest.mark.parametrize("member", of(*SPELLED))
async def test_word_of_an_answer_is_told_as_it_is(stage: Stage, member: Member) -> None:
    answer, read = SPELLED[member.vocabulary]
    outcome = await stage.answered("list_skus", {"data": answer(member.value), **OK})
    assert read(data_of(outcome)) == member.value


@pytest.mark.parametrize("member", of("task_prefix"))
async def test_task_of_either_prefix_can_be_followed(stage: Stage, member: Member) -> None:
    task = f"{member.value}orI8ocwK7U7_t0AfH26P-DjwDw8Yknf4"
    task_data: dict[str, JsonValue] = {"task_id": task, "cmd_jobs": []}
    started = await stage.answered("install_app", {"data": {"data": task_data}, **OK})
    assert data_of(started)["task_id"] == task
    followed = await stage.answered("get_task", {"data": {"jobs": []}, **OK}, arguments={"task_id": task})
    assert followed.error is None
    assert stage.last.path == f"/v1/instances/tasks/{task}"


@pytest.mark.parametrize("member", of(*ASKED))
async def test_member_is_asked_for_in_words_and_sent_as_the_reference_writes_it(
    either_stage: Stage, member: Member
) -> None:
    asked = ASKED[member.vocabulary]
    outcome = await either_stage.run(asked.action, asked.arguments(member.value))
    assert outcome.error is None
    record = either_stage.last
    sent = asked.read(dict(record.query) if record.method == "GET" else record.body)
    assert sent == (set(VOCABULARIES[member.vocabulary]) if asked.holds_all else member.value)


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("create_instances", {"os": "AOSP10"}),
        ("create_instances", {"os": "aosp9"}),
        ("create_instances", {"period_unit": "week"}),
        ("create_instances", {"period_unit": 5}),
        ("create_instances", {"payment": 2}),
        ("create_instances", {"renewal": "never"}),
        ("create_instances", {"network": "LAN"}),
        ("list_instances", {"scene": "CLOUD"}),
        ("list_instances", {"state": "melted"}),
        ("list_instances", {"state": 9}),
        ("set_video", {"p540": {"kbps": 100, "fps": 50}}),
        ("set_video", {"overrides": [{"network": "ETHERNET", "p540": {"kbps": 100, "fps": 30}}]}),
        ("set_video", {"overrides": [{"encoding": "AV1", "p540": {"kbps": 100, "fps": 30}}]}),
        ("install_app", {"fast": "1"}),
        ("install_app", {"fast": 2}),
    ],
    ids=str,
)
async def test_member_that_nobody_lists_is_refused_before_anything_is_sent(
    stage: Stage, action: str, changes: Arguments
) -> None:
    outcome = await stage.run(action, example_arguments(action, **changes))
    assert outcome.status == "invalid"
    assert stage.records == []
