import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from chatops.control import every_action
from chatops.parameters import Kind, parameters_of
from chatops.parsing import parse
from chatops.surfaces.slack.asked import Asked, Help, Misread, Own
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.words import action_called, read
from tools import AnyAction

ACTIONS = every_action()


def asked(text: str) -> Asked:
    found = read(text, ACTIONS)
    assert isinstance(found, Asked), found
    return found


def misread(text: str) -> Misread:
    found = read(text, ACTIONS)
    assert isinstance(found, Misread), found
    return found


@pytest.mark.parametrize(
    ("text", "action", "arguments"),
    [
        ("reboot a44uhlf7 efjy72gs", "reboot_instances", {"instance_ids": ["a44uhlf7", "efjy72gs"]}),
        ("REBOOT a44uhlf7,efjy72gs", "reboot_instances", {"instance_ids": ["a44uhlf7", "efjy72gs"]}),
        ("reset-instances a44uhlf7", "reset_instances", {"instance_ids": ["a44uhlf7"]}),
        ("reset name=demo-*", "reset_instances", {"where": "name=demo-*"}),
        ("reset region=x,state=stopped", "reset_instances", {"where": "region=x,state=stopped"}),
        ("reset region=x name=“demo 1”", "reset_instances", {"where": "region=x,name=demo 1"}),
        ("list region=cn-north-7,state=stopped", "list_instances", {"region": "cn-north-7", "state": "stopped"}),
        (
            "list —state STOPPED \u2013detail --limit=5",
            "list_instances",
            {"state": "stopped", "detail": True, "limit": 5},
        ),
        (
            "list\u00a0region=cn\u2013north\u20137 --no-detail",
            "list_instances",
            {"region": "cn-north-7", "detail": False},
        ),
        ("token a44uhlf7", "get_device_token", {"instance_id": "a44uhlf7"}),
        (
            "list name='ls -l, a=1 &gt; x,state=b'",
            "list_instances",
            {"name": "ls -l, a=1 > x,state=b"},
        ),
        ("exec a44uhlf7 --command “pm list”", "run_command", {"instance_ids": ["a44uhlf7"], "command": "pm list"}),
        ("assign a44uhlf7 user_id=<@U1|bob>", "assign_instances", {"instance_ids": ["a44uhlf7"], "user_id": "U1"}),
        (
            "video a44uhlf7 p540=1000/30 p720=2000/30 p1080=6000/60",
            "set_video",
            {
                "instance_ids": ["a44uhlf7"],
                "p540": {"kbps": 1000, "fps": 30},
                "p720": {"kbps": 2000, "fps": 30},
                "p1080": {"kbps": 6000, "fps": 60},
            },
        ),
    ],
)
def test_words_become_the_arguments_that_the_action_takes(
    text: str, action: str, arguments: dict[str, JsonValue]
) -> None:
    found = asked(text)
    assert found.action.name == action
    assert found.arguments == arguments
    assert found.missing == ()


def test_flags_of_the_door_are_no_arguments() -> None:
    found = asked("reboot a44uhlf7 --plan --share")
    assert found.plan_only
    assert found.share
    assert found.arguments == {"instance_ids": ["a44uhlf7"]}


def test_what_is_missing_is_named_for_a_form() -> None:
    assert asked("reset").missing == ("instance_ids",)
    assert asked("assign a44uhlf7").missing == ("user_id",)
    assert asked("whoami").missing == ()


@pytest.mark.parametrize("text", ["", "   ", "help", "--help", "?"])
def test_nothing_and_help_ask_for_help(text: str) -> None:
    assert read(text, ACTIONS) == Help()


@pytest.mark.parametrize("text", ["help reset", "reset --help", "reset a44uhlf7 -h"])
def test_help_on_an_action(text: str) -> None:
    assert read(text, ACTIONS) == Help(action=ACTIONS["reset_instances"])


def test_commands_of_the_door_keep_what_follows_them() -> None:
    assert read("why reset a44uhlf7", ACTIONS) == Own(name="why", rest="reset a44uhlf7")
    assert read("audit —since 2h", ACTIONS, own=("audit",)) == Own(name="audit", rest="—since 2h")


def test_a_near_miss_is_suggested_and_not_guessed() -> None:
    found = misread("rebot a44uhlf7")
    assert found.problem == "There is no action 'rebot'. Did you mean reboot or reset?"
    assert found.pointed == "/phone rebot a44uhlf7\n       ^^^^^"
    assert found.example == "/phone reboot a44uhlf7"


def test_what_a_person_may_not_do_is_as_unknown_as_what_nobody_can() -> None:
    viewer = {"list_instances": ACTIONS["list_instances"]}
    found = read("delete a44uhlf7", viewer)
    assert isinstance(found, Misread)
    assert "delete_instances" not in found.problem


@pytest.mark.parametrize(
    ("text", "problem", "word"),
    [
        ("reboot a44uhlf7 regoin=x", "did you mean region", "regoin=x"),
        ("list zzz=1", "it takes instance_id, name", "zzz=1"),
        ("list state=broken", "it is one of unknown, stopped, running", "state=broken"),
        ("list limit=many", "this is no JSON", "limit=many"),
        ("list limit=1.5", "it is a whole number", "limit=1.5"),
        ("list detail=perhaps", "say yes or no", "detail=perhaps"),
        ("list limit=1 limit=2", "stands there twice", "limit=2"),
        ("list region=", "needs a value", "region="),
        ("list --region", "needs a value", "--region"),
        ("whoami me", "takes no word by itself", "me"),
        ("token a b", "this is a second one", "b"),
        ("video a p540=fast", "KBPS/FPS", "p540=fast"),
        ("install a link=https://x", "is a secret", "link=•••••••••"),
        ("assign a --user-id --plan", "--user-id needs a value", "--user-id"),
        ("list region=x,stat=b", "did you mean state", "stat=b"),
        ("reset region=x,name='a,b',stat=b", "did you mean state", "stat=b"),
        ("cancel op_1 --plan", "cancel has no plan", "--plan"),
        ("list since=yesterday", "must be a time with its zone", "since=yesterday"),
        ("status a b -", "an id is 1 to 32", "-"),
        ("reset demo region=x", "one of both", "reset"),
        ("exec a command='a > b'", "no pipes", "command='a > b'"),
        ("reset name='a", "never closed", "'"),
    ],
)
def test_errors_point_at_the_word_and_show_a_line_that_works(text: str, problem: str, word: str) -> None:
    found = misread(text)
    assert problem in found.problem
    line, mark = found.pointed.split("\n")
    assert line[mark.index("^") : mark.rindex("^") + 1] == word
    assert not isinstance(read(found.example.removeprefix("/phone "), ACTIONS), Misread)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_example_is_read_back_from_its_line(action: AnyAction) -> None:
    secrets = {each.name for each in parameters_of(action) if each.kind is Kind.SECRET}
    for example in action.examples:
        found = asked(command_line(action, example.params, "/phone").removeprefix("/phone "))
        if not secrets:
            assert parse(action, found.arguments) == example.params
        assert set(found.missing) == secrets


def test_names_words_and_former_names_lead_to_an_action() -> None:
    for action in ACTIONS.values():
        for name in (action.name, action.word, action.name.replace("_", "-").upper(), *action.aliases):
            assert action_called(name, ACTIONS) is action


@given(
    st.text(max_size=400)
    | st.sampled_from([each.word for each in ACTIONS.values()]).flatmap(
        lambda word: st.text(max_size=200).map(lambda rest: f"{word} {rest}")
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(text, ACTIONS)
    if isinstance(found, Misread):
        assert found.problem
        assert "^" in found.pointed
        assert found.example.startswith("/phone ")


def test_a_long_line_is_shown_around_the_word() -> None:
    found = misread("reboot " + "a" * 32 + " " + "b " * 400 + "regoin=x")
    line, mark = found.pointed.split("\n")
    assert line[mark.index("^") : mark.rindex("^") + 1] == "regoin=x"
    assert len(found.pointed) < 1000


SECRETS = ("SECRETSIG", "s3cret")


@pytest.mark.parametrize(
    "text",
    [
        "install a44uhlf7 foo=1 link=<https://x.example/a?sig=SECRETSIG>",
        "install a44uhlf7 link=<https://x.example/a?sig=SECRETSIG> package=x",
        "install a44uhlf7 package=x --link https://x.example/a?sig=SECRETSIG",
        "install a44uhlf7 --link=“https://x.example/a?sig=SECRETSIG and more” package=x",
        "install a44uhlf7 link='s3cret and SECRETSIG",
        "instal a44uhlf7 link=SECRETSIG",
        "https://x.example/SECRETSIG",
        "reboot a44uhlf7 https://x.example/SECRETSIG",
        "reboot a44uhlf7 acess_token=SECRETSIG",
        "reboot a44uhlf7 --LINK SECRETSIG foo=1",
    ],
)
def test_a_secret_is_never_repeated(text: str) -> None:
    found = misread(text)
    assert not any(secret in said for secret in SECRETS for said in (found.problem, found.pointed, found.example))


def test_a_link_that_slack_made_of_a_name_is_the_name() -> None:
    found = asked("install a44uhlf7 package=<http://com.demo.app|com.demo.app> file_name=a.apk version=1 size_mb=3")
    assert found.arguments["package"] == "com.demo.app"
    assert found.missing == ("link",)
