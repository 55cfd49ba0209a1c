import re

from tests.chatops.surfaces.terminal.conftest import Chatops


def help_of(chatops: Chatops, action: str) -> str:
    ended = chatops("run", action, "--help")
    assert ended.code == 0
    return re.sub(r"\s+", " ", ended.out)


def test_help_shows_types_ranges_choices_defaults_and_needs(chatops: Chatops) -> None:
    shown = help_of(chatops, "list")
    assert "--limit INTEGER RANGE Rows to answer [default: 20; 1<=x<=500]" in shown
    assert "--state [unknown|stopped|running|going_offline|starting|shut_down]" in shown
    assert "--since TIME" in shown
    assert "--detail / --no-detail" in shown
    shown = help_of(chatops, "create")
    assert "--bandwidth-mbps FLOAT RANGE One the type offers [0<x<=10000; required]" in shown


def test_nested_params_and_secrets_say_how_they_are_written(chatops: Chatops) -> None:
    assert "--p540 KBPS/FPS" in help_of(chatops, "video")
    assert "--link TEXT|@FILE|- Download link; @FILE or - keeps it out of the shell's history" in help_of(
        chatops, "install"
    )


def test_value_out_of_range_is_refused_before_anything_else(chatops: Chatops) -> None:
    ended = chatops("run", "list", "--limit", "501")
    assert ended.code == 2
    assert "501 is not in the range 1<=x<=500" in ended.err
