import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tools import ReportedId, safe_text
from tools._redaction import REMOVED, without_secrets
from tools._text import BLOCK_LIMIT

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKC\nAQEA1c7\n-----END RSA PRIVATE KEY-----"
SECRETS = {
    "a JSON web token": (f"got {JWT} back", f"got {REMOVED} back"),
    "one without its signature": (f"got {JWT.rpartition('.')[0]}. back", f"got {REMOVED} back"),
    "a private key": (f"key:\n{PEM}\nend", f"key:\n{REMOVED}\nend"),
    "one that was cut off": (PEM[:50], REMOVED),
    "a token of IAM": ("X " + "MIIFnQYJKoZIhvcNAQcCoIIFjjCC" * 4 + "==", f"X {REMOVED}"),
    "an access key": ("id HPUA1B2C3D4E5F6G7H8I,", f"id {REMOVED},"),
    "one of AWS": ("AKIAIOSFODNN7EXAMPLE", REMOVED),
    "a secret key": ("(wJalrXUtnFEMIZK7MDENGzbPxRfiCYEXAMPLEKE1)", f"({REMOVED})"),
    "our own token": ("use chatops_pat_3f9aZ-8kQ_abcd", f"use {REMOVED}"),
    "a token of GitHub": ("ghp_" + "a1B2" * 9, REMOVED),
    "a bearer": ("Authorization: Bearer abc.def-123_x", f"Authorization: Bearer {REMOVED}"),
    "basic authentication": ("authorization=Basic dXNlcjpwYXNz", f"authorization=Basic {REMOVED}"),
    "a password": ("db_password=hunter2!! rest", f"db_password={REMOVED} rest"),
    "a password in JSON": ('{"password": "correct1horse", "a": 1}', '{"password": "' + REMOVED + '", "a": 1}'),
    "a word that is set": ("secret=swordfish", f"secret={REMOVED}"),
    "a signed link": (
        "see https://b.obs.example.com/a.apk?AccessKeyId=Q&Expires=9&Signature=s%3D now",
        f"see https://b.obs.example.com/a.apk?{REMOVED} now",
    ),
    "one of AWS, signed": ("https://h/x?a=1&X-Amz-Signature=77", f"https://h/x?{REMOVED}"),
    "a link with a password": ("https://bob:pa55@h/x?a=1", f"https://{REMOVED}@h/x?a=1"),
}
INNOCENT = (
    "",
    "demo-00001",
    "a44uhlf7",
    "token: expired",
    "Invalid token: expired. Get another one.",
    "Bearer authentication is needed",
    "basic functionality",
    "The secret of success: patience",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "7b0cd026df8d495b8a65d628d7bec433",
    "1008600000097131912",
    "https://example.com/list?page=2&sort=name",
    "http://100.93.2.248:18082",
    "kp.professional.2xlarge.128g.2",
    "ABCDEFGHIJKLMNOPQRST",
    "12345678901234567890",
    "/data/app/com.example.app-1/base.apk",
)
REPEATED = (
    *("eyJ", "eyJaaaaaaaa.", "http://", "https://a?", "https://a@", "token=", "token:   ", "bearer ", "bearer    "),
    *("-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "-----END", "MII", "ghp_", "A1", "a1B", "A", "0", "?x-amz-", " "),
    *("access_key_id", "secretaccesskey", "\"'", "password", "aB1+/", "a@", "[secret removed]"),
)


@pytest.mark.parametrize("what", SECRETS)
def test_secret_is_taken_out_and_the_rest_stays(what: str) -> None:
    text, told = SECRETS[what]
    assert without_secrets(text) == told
    assert without_secrets(told) == told


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("unit", REPEATED)
def test_time_grows_with_the_length_and_not_with_what_is_repeated(unit: str) -> None:
    """A text as long as any that is looked at. It takes 3 ms; with backtracking it would take minutes."""
    begin = time.perf_counter()
    without_secrets((unit * BLOCK_LIMIT * 4)[: BLOCK_LIMIT * 4])
    assert time.perf_counter() - begin < 1


@given(parts=st.lists(st.sampled_from([text for text, _ in SECRETS.values()] + list(INNOCENT)), max_size=6))
def test_what_was_cleaned_once_stays_as_it_is(parts: list[str]) -> None:
    once = without_secrets(" ".join(parts))
    assert without_secrets(once) == once
    assert "hunter2" not in once


def test_secret_that_hides_behind_invisible_characters_is_found() -> None:
    assert safe_text("AKIA\u200bIOSF\x00ODNN7EXAMPLE", limit=100, lines=False) == REMOVED


def test_secret_is_taken_out_before_the_text_is_cut() -> None:
    """Half a token is recognised by nothing, and may be enough."""
    shown = safe_text("x" * 90 + f" {JWT}", limit=100, lines=False)
    assert shown == "x" * 90 + " [secret …"


def test_id_that_looks_like_a_key_stays_an_id() -> None:
    assert TypeAdapter[str](ReportedId).validate_python("HPUA1B2C3D4E5F6G7H8I") == "HPUA1B2C3D4E5F6G7H8I"
