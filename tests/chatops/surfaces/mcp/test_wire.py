import os
import select
import socket
import tempfile
from collections.abc import Iterator

import anyio
import pytest

from chatops.surfaces.mcp.wire import LINE_LIMIT, Wire

pytestmark = pytest.mark.anyio


def nobody() -> None:
    raise AssertionError("nobody left")


class Pipe:
    """A pipe of the system with its two ends."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.is_open = True

    def say(self, data: bytes) -> None:
        os.write(self.writing, data)

    def hang_up(self) -> None:
        os.close(self.writing)
        self.is_open = False


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    opened = Pipe()
    yield opened
    os.close(opened.reading)
    if opened.is_open:
        opened.hang_up()


def wire_of(*, inbound: int = -1, outbound: int = -1) -> Wire:
    return Wire(inbound=inbound, outbound=outbound, gone=nobody)


async def test_lines_come_one_by_one_and_a_last_one_without_its_end_as_well(pipe: Pipe) -> None:
    pipe.say("eins\nzw\N{LATIN SMALL LETTER O WITH DIAERESIS}lf\n\nlast".encode())
    pipe.hang_up()
    assert [line async for line in wire_of(inbound=pipe.reading)] == ["eins", "zwölf", "", "last"]


async def test_character_that_arrives_in_two_parts_is_one(pipe: Pipe) -> None:
    first, second = "\N{MOBILE PHONE}".encode()[:2], "\N{MOBILE PHONE}\n".encode()[2:]
    seen: list[str] = []

    async def read() -> None:
        seen.extend([line async for line in wire_of(inbound=pipe.reading)])

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        pipe.say(first)
        await anyio.wait_all_tasks_blocked()
        pipe.say(second)
        pipe.hang_up()
    assert seen == ["\N{MOBILE PHONE}"]


async def test_bytes_that_are_no_text_are_replaced(pipe: Pipe) -> None:
    pipe.say(b"\xff\xfe\n")
    pipe.hang_up()
    assert [line async for line in wire_of(inbound=pipe.reading)] == ["\ufffd\ufffd"]


async def test_line_above_the_limit_is_dropped_and_the_next_one_is_heard() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * (LINE_LIMIT + 100_000) + b"\nnext\n")
        file.seek(0)
        lines = [line async for line in wire_of(inbound=file.fileno())]
    assert lines == ["a line that is too long", "next"]


async def test_waiting_for_a_line_can_be_cancelled(pipe: Pipe) -> None:
    with anyio.move_on_after(0) as scope:
        async for _ in wire_of(inbound=pipe.reading):
            pass
    assert scope.cancelled_caught


async def test_message_larger_than_a_pipe_arrives_whole(pipe: Pipe) -> None:
    text = "y" * 300_000 + "\n"
    heard: list[str] = []

    async def write() -> None:
        await wire_of(outbound=pipe.writing).write(text)
        pipe.hang_up()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(write)
        heard.extend([line async for line in wire_of(inbound=pipe.reading)])
    assert heard == [text.strip()]


async def test_message_is_finished_when_it_is_cancelled_and_somebody_reads() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        message = "z" * 600_000 + "\n"
        received = bytearray()

        async def read() -> None:
            while len(received) < len(message):
                await anyio.wait_readable(theirs)
                received.extend(theirs.recv(65_536))

        async with anyio.create_task_group() as tasks:
            with anyio.CancelScope() as scope:
                tasks.start_soon(read)
                scope.cancel()
                await wire_of(outbound=ours.fileno()).write(message)
        assert received == message.encode()


async def test_nobody_reading_any_more_is_told_once_and_raises_nothing() -> None:
    told: list[bool] = []
    reading, writing = os.pipe()
    os.close(reading)
    await Wire(inbound=-1, outbound=writing, gone=lambda: told.append(True)).write("x" * 100_000)
    os.close(writing)
    assert told == [True]


async def test_one_write_is_never_more_than_the_system_promises_to_take(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def write(_: int, data: bytes) -> int:
        sizes.append(len(data))
        return len(data)

    with tempfile.TemporaryFile() as file:
        monkeypatch.setattr(os, "write", write)
        await wire_of(outbound=file.fileno()).write("x" * 10_000)
    assert max(sizes) <= select.PIPE_BUF
    assert sum(sizes) == 10_000


async def test_messages_of_several_writers_do_not_run_into_each_other(pipe: Pipe) -> None:
    wire = wire_of(inbound=pipe.reading, outbound=pipe.writing)
    messages = [letter * 200_000 for letter in "abc"]
    heard: list[str] = []

    async def write() -> None:
        async with anyio.create_task_group() as writers:
            for message in messages:
                writers.start_soon(wire.write, f"{message}\n")
        pipe.hang_up()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(write)
        heard.extend([line async for line in wire])
    assert sorted(heard) == messages
