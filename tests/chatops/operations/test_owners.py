import os
import subprocess
import sys

import pytest

from chatops.operations.owners import is_gone, process_name


def test_living_process_is_not_gone() -> None:
    assert not is_gone(process_name("abcdefgh"))


@pytest.mark.process
def test_process_that_has_ended_is_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = process_name("x").partition(":")[0]
    assert is_gone(f"{host}:{ended.pid}:abcdefgh")


@pytest.mark.parametrize("owner", [None, "", "x", "elsewhere:1:a", "elsewhere:999999999:a", "::", "a:b:c"])
def test_what_is_not_surely_ours_is_never_called_gone(owner: str | None) -> None:
    assert not is_gone(owner)


def test_process_of_another_account_is_not_called_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbidden)
    assert not is_gone(process_name("abcdefgh"))
