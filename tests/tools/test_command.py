import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools._command import BYTE_LIMIT, CommandParams, is_harmless

HARMLESS = (
    "date",
    "df",
    "df -h",
    "getprop",
    "getprop ro.build.version.release",
    "getprop sys.boot_completed",
    "id",
    "ls /system",
    "ls /system/",
    "ls /system/bin",
    "ls /vendor/lib64/libc.so",
    "ls /product",
    "ls /odm",
    "ls /apex",
    "ls -l /system",
    "ls -a /system",
    "ls -la /system/bin",
    "pm list packages",
    "pm list packages -3",
    "pm path com.tencent.mm",
    "ps",
    "ps -A",
    "uname -a",
    "uptime",
    "whoami",
    "wm density",
    "wm size",
)
LOOK_ALIKES = (
    # Other words
    "",
    " ",
    "rm -rf /system",
    "reboot",
    "sh",
    "su -c id",
    "setprop a b",
    "pm uninstall com.tencent.mm",
    "pm clear com.tencent.mm",
    "wm size 1x1",
    "wm density 1",
    "wm size reset",
    # More words, or fewer
    "date 010100002030",
    "date -s 010100002030",
    "df /data",
    "df -h /data",
    "id root",
    "uptime -p",
    "whoami x",
    "uname",
    "ps -A -o args",
    "ps aux",
    "ls",
    "ls -l",
    "ls -l /system /data",
    "ls -R /system",
    "ls -laR /system",
    "ls -al /system",
    "pm",
    "pm list",
    "pm path",
    "pm list packages -f",
    "pm list packages -f x",
    "pm list packages -3 -f",
    "pm list users",
    "getprop -x",
    "getprop -T x",
    "getprop a b",
    # Other places
    "ls /",
    "ls /data",
    "ls /sdcard",
    "ls /system/../data",
    "ls /system/..",
    "ls /system/./x",
    "ls /system//x",
    "ls //system",
    "ls /systemx",
    "ls /system_ext",
    "ls system",
    "ls /proc",
    "ls /system/.hidden",
    "ls -l /system/../../data",
    "ls /system/a/../../../data",
    "pm path -x",
    "pm path com..x",
    "pm path /data",
    # White space and case
    " date",
    "date ",
    "ls  /system",
    "ls\t/system",
    "ls /system\n",
    "\nls /system",
    "date\n",
    "date\r",
    "df\u00a0-h",
    "ls\u2003/system",
    "DATE",
    "Ls /system",
    # What only looks like it
    "d\u0430te",
    "\uff44\uff41\uff54\uff45",
    "ls /syst\u0435m",
    "ls /system\u200b",
    "df \u2212h",
    "df \u2010h",
    "getprop \u0131",
    "getprop \u0661",
    "ls /system/\u0661",
    # More than one command
    "date;id",
    "date; rm -rf /sdcard",
    "date&&id",
    "date|sh",
    "date > /system/x",
    "ls `id`",
    "ls $(id)",
    "getprop ${x}",
    "ls /system/*",
    "ls '/system'",
    'ls "/system"',
    "ls /system\\",
    "/system/bin/date",
    "./date",
    "date#",
)
FORBIDDEN = "'\"`;|&$><*?!#~(){}[]\\%^=+,@\n\r\t\x0b\x0c\0\x1b\u00a0\u2028é中\ud83d"


@pytest.mark.parametrize("command", HARMLESS)
def test_command_that_only_reads_is_harmless(command: str) -> None:
    assert is_harmless(command)


@pytest.mark.parametrize("command", LOOK_ALIKES, ids=ascii)
def test_what_only_looks_like_it_is_not_harmless(command: str) -> None:
    assert not is_harmless(command)


@pytest.mark.parametrize("command", HARMLESS)
@pytest.mark.parametrize(
    "around", [" {}", "{} ", "{}\n", "\t{}", "{};", "{} x y z", "x{}", "{}\u200b", "{} /data", "{} -x"]
)
def test_no_harmless_command_stays_so_with_anything_around_it(command: str, around: str) -> None:
    changed = around.format(command)
    assert not is_harmless(changed)


@given(command=st.text(alphabet=string.ascii_letters + string.digits + "_./:- ", max_size=40))
def test_any_other_text_is_harmless_only_if_a_list_says_so(command: str) -> None:
    if is_harmless(command):
        first = command.partition(" ")[0]
        assert first in {"date", "df", "getprop", "id", "ls", "pm", "ps", "uname", "uptime", "whoami", "wm"}
        assert ".." not in command.replace("getprop ", "")


def params(command: object) -> CommandParams:
    return CommandParams.model_validate({"command": command, "instance_ids": ("a",)})


@pytest.mark.parametrize(
    "command", [*HARMLESS, "a", "x" * BYTE_LIMIT, "am start -n com.example/.Main", "input tap 1 2"]
)
def test_command_of_allowed_characters_is_taken_as_it_is(command: str) -> None:
    assert params(command).command == command


@pytest.mark.parametrize("character", FORBIDDEN, ids=ascii)
def test_character_beyond_the_table_is_refused_and_named_without_being_repeated(character: str) -> None:
    with pytest.raises(ValidationError) as caught:
        params(f"ls{character}x")
    message = str(caught.value)
    assert message.isascii() or "unicode" in message
    assert f"ls{character}x" not in message


@pytest.mark.parametrize("command", ["", " ", "   ", "x" * (BYTE_LIMIT + 1), None, 7, True, b"ls", ["ls"]])
def test_no_command_and_one_that_is_too_long_are_refused(command: object) -> None:
    with pytest.raises(ValidationError):
        params(command)


def test_refusal_says_what_is_possible() -> None:
    with pytest.raises(ValidationError, match="no pipes, quotes, variables or redirections"):
        params("ls | sh")
