import gzip
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from chatops.cloud.documents import Unreadable
from chatops.cloud.received import Received
from tests.chatops.cloud.world import EPOCH


@pytest.mark.parametrize(("status", "success"), [(199, False), (200, True), (299, True), (300, False)])
def test_only_2xx_is_a_success(status: int, success: bool) -> None:
    assert Received(status=status, headers={}, body=b"").is_success is success


def test_damaged_body_is_neither_empty_nor_a_document() -> None:
    damaged = Received(status=200, headers={}, body=b"", damage="broke off")
    assert not damaged.is_empty
    with pytest.raises(Unreadable, match="broke off"):
        damaged.document()


def test_compressed_body_is_read() -> None:
    packed = Received(status=200, headers={"content-encoding": "gzip"}, body=gzip.compress(b'{"a": 1}'))
    assert packed.document() == {"a": 1}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        (" 0 ", 0.0),
        (format_datetime(datetime.fromtimestamp(EPOCH + 90, tz=UTC), usegmt=True), 90.0),
        (format_datetime(datetime.fromtimestamp(EPOCH - 90, tz=UTC), usegmt=True), 0.0),
        ("Wed, 27 Aug 2025 13:08:10 -0000", 1_756_300_090.0 - EPOCH),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("9" * 400, None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    assert Received(status=429, headers={"retry-after": text}, body=b"").retry_after(EPOCH) == seconds
