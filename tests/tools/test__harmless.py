"""Each entry of the list has its own true examples and its own look-alikes here; one without them fails."""

import re
import string
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools._command import is_harmless
from tools._harmless import HARMLESS, KINDS


@dataclass(frozen=True)
class Entry:
    reads: tuple[str, ...]
    looks_alike: tuple[str, ...]


ENTRIES = {
    "date": Entry(("date",), ("date 010100002030", "date -s 1", "date -u", "Date", "d\u0430te", "dat", "dated")),
    "df": Entry(("df",), ("df /data", "df -H", "dfs", "DF")),
    "df -h": Entry(("df -h",), ("df -h /data", "df h", "df \u2010h", "df -hh", "df  -h")),
    "getprop": Entry(("getprop",), ("setprop", "getprops", "getprop ")),
    "getprop NAME": Entry(
        ("getprop ro.build.version.release", "getprop sys.boot_completed", "getprop a-b"),
        ("getprop -T", "getprop a b", "setprop a b", "getprop \u0131", "getprop a/b", "getprop a:b"),
    ),
    "id": Entry(("id",), ("id root", "id -u", "su -c id", "ID", "\u0456d")),
    "ls SYSTEM_PATH": Entry(
        ("ls /system", "ls /system/", "ls /vendor/lib64/libc.so", "ls /apex", "ls /odm/x.y_z-1"),
        (
            "ls",
            "ls /",
            "ls /data",
            "ls /system/../data",
            "ls /system/..",
            "ls /system//x",
            "ls /system/.x",
            "ls system",
        ),
    ),
    "ls -l SYSTEM_PATH": Entry(("ls -l /system",), ("ls -l", "ls -l /sdcard", "ls -l /system /data", "ls -R /system")),
    "ls -a SYSTEM_PATH": Entry(("ls -a /product",), ("ls -a", "ls -a /product/../data", "ls -aR /system")),
    "ls -la SYSTEM_PATH": Entry(("ls -la /system/bin",), ("ls -la", "ls -la -R /system", "ls -la /systemd")),
    "pm list packages": Entry(("pm list packages",), ("pm list", "pm list users", "pm", "pm  list packages")),
    "pm list packages -3": Entry(("pm list packages -3",), ("pm list packages -f", "pm list packages -3 -f")),
    "pm path PACKAGE": Entry(
        ("pm path com.tencent.mm", "pm path android"),
        ("pm path", "pm path -x", "pm path com..x", "pm path /data", "pm clear com.tencent.mm", "pm path a b"),
    ),
    "ps": Entry(("ps",), ("ps aux", "ps -ef", "pss")),
    "ps -A": Entry(("ps -A",), ("ps -a", "ps -A -o args", "ps A")),
    "uname -a": Entry(("uname -a",), ("uname", "uname -r", "uname -a x")),
    "uptime": Entry(("uptime",), ("uptime -p", "uptimes")),
    "whoami": Entry(("whoami",), ("whoami x", "whoam", "who")),
    "wm density": Entry(("wm density",), ("wm density 1", "wm density reset", "wm")),
    "wm size": Entry(("wm size",), ("wm size 1x1", "wm size reset", "wm overscan 0", "wm sizes")),
}
SHELL = (";", "&", "|", ">", "<", "`", "$", "\\", "'", '"', "*", "\n", "\r", "\t", "\0", "\u200b", "\u2028", "\u00a0")


def test_each_entry_has_its_examples_and_look_alikes() -> None:
    assert set(ENTRIES) == set(HARMLESS)
    assert all(entry.reads and entry.looks_alike for entry in ENTRIES.values())


@pytest.mark.parametrize("shape", HARMLESS)
def test_entry_is_harmless_in_its_own_shape(shape: str) -> None:
    assert [command for command in ENTRIES[shape].reads if not is_harmless(command)] == []


@pytest.mark.parametrize("shape", HARMLESS)
def test_look_alike_of_an_entry_is_not_harmless(shape: str) -> None:
    assert [command for command in ENTRIES[shape].looks_alike if is_harmless(command)] == []


@pytest.mark.parametrize("shape", HARMLESS)
def test_entry_with_any_character_of_a_shell_in_it_is_not_harmless(shape: str) -> None:
    spoilt = [
        command[:place] + character + command[place:]
        for command in ENTRIES[shape].reads
        for character in SHELL
        for place in range(len(command) + 1)
    ]
    assert [command for command in spoilt if is_harmless(command)] == []


@pytest.mark.parametrize("shape", HARMLESS)
def test_entry_without_one_of_its_characters_is_no_other_command(shape: str) -> None:
    """A typing error may leave a shorter path or name, and never another program."""
    for command in ENTRIES[shape].reads:
        shortened = {command[:place] + command[place + 1 :] for place in range(len(command))}
        programs = {each.partition(" ")[0] for each in shortened if is_harmless(each)}
        assert programs <= {command.partition(" ")[0]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_one_word_and_never_an_option(kind: str) -> None:
    pattern = re.compile(KINDS[kind])
    assert [word for word in ("", " ", "a b", "-x", "--", "a\n", "\u0430") if pattern.fullmatch(word)] == []


@given(word=st.text(alphabet=string.ascii_letters + string.digits + "_.-/", max_size=30))
def test_a_path_never_leaves_the_system(word: str) -> None:
    if re.fullmatch(KINDS["SYSTEM_PATH"], word):
        assert ".." not in word
        assert word.split("/")[1] in {"system", "vendor", "product", "odm", "apex"}
