"""Every printed request of the reference, in both dialects."""

from urllib.parse import urlsplit

import pytest

from chatops.simulator.operations import OPERATIONS
from tests.chatops.simulator.harness import Cloud, outcome
from tests.chatops.simulator.printed_examples import CONTRADICTING_TABLES, EXAMPLES, Example, Form

pytestmark = pytest.mark.anyio


def _named(example: Example) -> str:
    return example.operation


def _assert_same_shape(found: object, expected: object, where: str = "answer") -> None:
    """The same keys and the same JSON types, all the way down; lists by their first element, unless equally long."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        assert set(found) == set(expected), where
        for key, each in expected.items():
            _assert_same_shape(found[key], each, f"{where}.{key}")
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        assert bool(found) == bool(expected), where
        pairs = (
            zip(found, expected, strict=True)
            if len(found) == len(expected)
            else [(found[0], expected[0])] * bool(found)
        )
        for one, other in pairs:
            _assert_same_shape(one, other, f"{where}[]")
    else:
        assert type(found) is type(expected), where


async def _send(cloud: Cloud, example: Example, form: Form) -> object:
    answer = await cloud.send(example.method, form.path, form.body, params=form.params)
    assert answer.status_code == 200, answer.text
    return answer.json() if answer.content else None


def test_all_eighteen_calls_have_an_example() -> None:
    assert [example.operation for example in EXAMPLES] == [operation.name for operation in OPERATIONS]
    assert len(EXAMPLES) == 18


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
async def test_a_printed_request_gets_the_shape_of_the_printed_answer(printed_cloud: Cloud, example: Example) -> None:
    answer = await _send(printed_cloud, example, example.printed)
    _assert_same_shape(answer, example.printed.answer)
    record = printed_cloud.simulator.requests[-1]
    assert (record.operation, record.verdict, record.unknown) == (example.operation, "0", ())


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
async def test_a_request_by_the_tables_gets_the_shape_of_the_tables(cloud: Cloud, example: Example) -> None:
    answer = await _send(cloud, example, example.table)
    _assert_same_shape(answer, example.table.answer)
    record = cloud.simulator.requests[-1]
    assert (record.operation, record.verdict, record.unknown) == (example.operation, "0", ())


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
async def test_a_request_by_the_tables_succeeds_in_the_printed_dialect(printed_cloud: Cloud, example: Example) -> None:
    await _send(printed_cloud, example, example.table)


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.operation in CONTRADICTING_TABLES], ids=_named)
async def test_a_printed_request_that_contradicts_the_tables_is_refused_by_them(cloud: Cloud, example: Example) -> None:
    path = example.printed.path if example.printed.path.startswith("/v1") else f"/v1{example.printed.path}"
    answer = await cloud.send(example.method, path, example.printed.body, params=example.printed.params)
    assert outcome(answer) in {(400, "1000"), (200, "0002")}


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.printed.path.startswith("/instances")], ids=_named
)
async def test_a_path_without_version_exists_in_the_printed_dialect_only(cloud: Cloud, example: Example) -> None:
    answer = await cloud.send("POST", example.printed.path, example.table.body)
    assert outcome(answer) == (404, "APIGW.0101")


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
async def test_another_method_is_not_served(cloud: Cloud, example: Example) -> None:
    method = "DELETE" if example.method != "GET" else "POST"
    answer = await cloud.send(method, example.table.path, {} if method == "POST" else None)
    assert outcome(answer) == (405, "APIGW.0101")
    assert urlsplit(str(answer.url)).path == cloud.simulator.requests[-1].path


@pytest.mark.parametrize("example", EXAMPLES, ids=_named)
async def test_an_unknown_key_is_ignored_and_recorded(cloud: Cloud, example: Example) -> None:
    body = {**example.table.body, "surprise": 1} if isinstance(example.table.body, dict) else example.table.body
    params = {**example.table.params, "extra": "1"}
    answer = await cloud.send(example.method, example.table.path, body, params=params)
    assert answer.status_code == 200
    expected = {"?extra", *({"surprise"} if isinstance(body, dict) else ())}
    assert set(cloud.simulator.requests[-1].unknown) == expected
