import gzip
import zlib

import pytest

from chatops.cloud.documents import MOST_BYTES, MOST_DEPTH, Unreadable, as_mapping, inflate, read_document

CUT_SHORT = gzip.compress(b"{}" * 99, mtime=0)[:-9]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b'{"a": 1} x', "JSON"),
        (b'{"a": NaN}', "JSON"),
        (b'{"a": -Infinity}', "JSON"),
        (b'{"a": 1e999}', "JSON"),
        (b"[" + b"9" * 10_000 + b"]", "JSON"),
        (b"\xff\xfe{}", "UTF-8"),
        (b'{"a": "\xc3("}', "UTF-8"),
        (b"<html>nope</html>", "web page"),
        (b"\n <!DOCTYPE html>", "web page"),
        (b"[" * 200_000 + b"]" * 200_000, "nested"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "nested"),
    ],
    ids=lambda value: str(value[:12]),
)
def test_document_that_cannot_be_trusted_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_document(body)


def test_document_as_deep_as_allowed_is_read() -> None:
    value = read_document(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH)
    assert isinstance(value, list)


def test_byte_order_mark_and_lone_surrogates_are_read() -> None:
    assert read_document(b'\xef\xbb\xbf{"a": "\\ud83d"}') == {"a": "\ud83d"}


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", " GZip "])
def test_compressed_answer_is_read(encoding: str) -> None:
    packed = zlib.compress(b"{}") if "deflate" in encoding else gzip.compress(b"{}", mtime=0)
    assert inflate(packed, encoding) == b"{}"


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_plain_answer_is_left_alone(encoding: str) -> None:
    assert inflate(b"{}", encoding) == b"{}"


def test_bomb_is_not_unpacked() -> None:
    with pytest.raises(Unreadable, match="larger"):
        inflate(zlib.compress(b"0" * (MOST_BYTES * 2)), "deflate")


@pytest.mark.parametrize(
    ("body", "encoding", "why"),
    [(b"{}", "br", "not asked"), (b"{}", "gzip", "damaged"), (CUT_SHORT, "gzip", "cut short")],
)
def test_broken_compression_is_refused(body: bytes, encoding: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        inflate(body, encoding)


def test_only_an_object_is_a_mapping() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    assert as_mapping([1]) == {}
