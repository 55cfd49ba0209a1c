import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools import CopyState, FrozenState, Instance, RunState, Targets, Where
from tools._states import LoginState
from tools._where import is_named

PHONE = Instance(
    instance_id="a44uhlf7",
    instance_name="demo-00001",
    region="cn-north-7",
    running_status=RunState.STOPPED,
    login_status=LoginState.LOGGED_OUT,
    assign_user="1123422",
    frozen_status=FrozenState.NORMAL,
    backup_status=CopyState.SUCCEEDED,
)
UNKNOWN = Instance(instance_id="efjy72gs")
KEYS = "region, state, name, assignee, frozen, in_use, backup"


def finds(text: str, **changes: object) -> bool:
    return Where.parse(text).matches(PHONE.model_copy(update=changes))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("region=cn-north-7", {"region": "cn-north-4"}),
        ("state=stopped", {"running_status": RunState.RUNNING}),
        ("name=demo-00001", {"instance_name": "demo-00002"}),
        ("name=demo-*", {"instance_name": "prod-1"}),
        ("assignee=1123422", {"assign_user": "7"}),
        ("assignee=1123422", {"assign_user": None}),
        ("frozen=no", {"frozen_status": FrozenState.FROZEN}),
        ("in_use=no", {"login_status": LoginState.LOGGED_IN}),
        ("backup=succeeded", {"backup_status": CopyState.FAILED}),
        ("backup=succeeded", {"backup_status": None}),
        ("state=stopped", {"running_status": None}),
        ("region=cn-north-7", {"region": None}),
    ],
)
def test_each_key_keeps_what_it_names_and_nothing_else(text: str, other: dict[str, object]) -> None:
    assert finds(text)
    assert not finds(text, **other)


def test_none_is_who_has_nobody() -> None:
    assert finds("assignee=none", assign_user=None)
    assert not finds("assignee=none")


def test_phone_of_which_it_is_not_known_counts_as_in_use() -> None:
    assert Where.parse("in_use=yes").matches(UNKNOWN)
    assert not Where.parse("in_use=no").matches(UNKNOWN)


def test_commas_mean_and() -> None:
    text = "region=cn-north-7,state=stopped,name=demo-*"
    assert finds(text)
    assert not finds(text, region="cn-north-4")
    assert not finds(text, running_status=RunState.RUNNING)
    assert not finds(text, instance_name="x")


@pytest.mark.parametrize(
    "text",
    [
        ' region = cn-north-7 , name = "demo-*" ',
        "region='cn-north-7',name=demo-*",
        "region=\u201ccn-north-7\u201d,name=\u2018demo-*\u2019",
        "region=\u00a0cn-north-7,name=demo-*",
    ],
    ids=ascii,
)
def test_spaces_and_quotes_around_a_value_are_forgiven(text: str) -> None:
    assert Where.parse(text) == Where.parse("region=cn-north-7,name=demo-*")


@pytest.mark.parametrize(
    ("name", "pattern", "is_meant"),
    [
        ("demo[1]", "demo[1]", True),
        ("demo1", "demo[1]", False),
        ("demo?", "demo?", True),
        ("demo1", "demo?", False),
        ("Demo-1", "demo-*", False),
        ("demo-[!x]-7", "demo-[!x]*", True),
        ("", "*", True),
    ],
)
def test_only_the_star_stands_for_anything(name: str, pattern: str, is_meant: bool) -> None:
    assert is_named(PHONE.model_copy(update={"instance_name": name}), pattern) is is_meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "write a filter of up to 500 characters"),
        ("   ", "write a filter of up to 500 characters"),
        ("name=" + "a" * 500, "write a filter of up to 500 characters"),
        ("*", f"a filter knows {KEYS}, not '\\*'"),
        ("region=cn-north-7,", f"a filter knows {KEYS}, not ''"),
        ("Region=cn-north-7", f"a filter knows {KEYS}, not 'Region'"),
        ("regi\u043en=a", r"not 'regi\\u043en'"),
        ("instance_id=a", f"a filter knows {KEYS}, not 'instance_id'"),
        ("state!=stopped", "not 'state!'"),
        ("region", "say what region should be: region="),
        ("region=", "say what region should be: region="),
        ('name=""', "say what name should be: name="),
        ("name=a\x1bb", "say what name should be: name="),
        ("name=a\u202eb", "say what name should be: name="),
        ("region=a,region=b", "region stands there twice"),
        ("name=a,name=a", "name stands there twice"),
        ("state=stoped", "expected one of: unknown, stopped, running"),
        ("state=77", "expected one of: unknown, stopped, running"),
        ("backup=none", "expected one of: preparing, running, succeeded"),
        ("frozen=true", "say yes or no"),
        ("in_use=1", "say yes or no"),
    ],
    ids=ascii,
)
def test_filter_that_could_be_something_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Where.parse(text)


@pytest.mark.parametrize("value", [None, 7, ["region=a"], {"region": "a"}, b"region=a"], ids=ascii)
def test_anything_but_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="write a filter"):
        Where.parse(value)


def test_filter_is_written_back_as_it_is_applied() -> None:
    targets = Targets.model_validate({"where": ' state = "stopped" '})
    assert targets.model_dump(mode="json") == {"instance_ids": [], "where": "state=stopped"}
    assert Targets.model_validate({"where": targets.where}) == targets


def test_to_a_model_a_filter_is_one_short_text() -> None:
    schema = Targets.model_json_schema()["properties"]["where"]
    assert schema["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert "name=demo-*" in schema["description"]


@pytest.mark.parametrize(
    "arguments", [{}, {"instance_ids": ["a"], "where": "state=stopped"}, {"where": None}, {"where": ""}], ids=str
)
def test_phones_are_named_by_ids_or_by_a_filter(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Targets.model_validate(arguments)


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_filter_or_is_refused(text: str) -> None:
    try:
        where = Where.parse(text)
    except ValueError:
        return
    assert Where.parse(where.text) == where
    assert where.text.isprintable()


@given(st.lists(st.sampled_from(["region=a", "name=b*", "state=running", "frozen=no"]), min_size=1, unique=True))
def test_order_of_the_parts_does_not_matter(parts: list[str]) -> None:
    phones = [
        PHONE,
        UNKNOWN,
        PHONE.model_copy(update={"region": "a", "instance_name": "b", "running_status": RunState.RUNNING}),
    ]
    forwards, backwards = Where.parse(",".join(parts)), Where.parse(",".join(reversed(parts)))
    assert [forwards.matches(phone) for phone in phones] == [backwards.matches(phone) for phone in phones]
