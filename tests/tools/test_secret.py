import json

import pytest
from pydantic import BaseModel, ValidationError

from tools import OPEN, PackageLink, Secret, SecretLink

LINK = "https://storage.example.com:8443/a/b.apk?Expires=1&Signature=verySecret%3D#part"


class Held(BaseModel):
    token: Secret
    link: SecretLink


HELD = Held.model_validate({"token": "deviceToken", "link": LINK})


@pytest.mark.parametrize("context", [None, {}, {"open_secrets": False}, {"open_secrets": 1}, {"open": True}])
def test_secret_stays_closed_unless_it_is_opened_on_purpose(context: dict[str, object] | None) -> None:
    for written in (HELD.model_dump(context=context), json.loads(HELD.model_dump_json(context=context))):
        assert written == {"token": "[secret]", "link": "https://storage.example.com/a/b.apk?[secret]"}


def test_secret_opens_for_the_wire() -> None:
    assert HELD.model_dump(context=OPEN) == {"token": "deviceToken", "link": LINK}
    assert json.loads(HELD.model_dump_json(context=OPEN)) == {"token": "deviceToken", "link": LINK}


@pytest.mark.parametrize("shown", [repr(HELD), str(HELD), f"{HELD.link}", f"{HELD.token!r}", str([HELD.link])])
def test_secret_is_in_no_representation(shown: str) -> None:
    assert "verySecret" not in shown
    assert "deviceToken" not in shown


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://a/b", "https://a/b"),
        ("https://a", "https://a"),
        ("https://a/b?x", "https://a/b?[secret]"),
        ("https://a/b#x", "https://a/b?[secret]"),
        ("https://user:word@a/b", "https://a/b"),
        ("http://a:1/b?", "http://a/b"),
    ],
)
def test_of_a_link_scheme_host_and_path_are_seen(link: str, shown: str) -> None:
    assert str(PackageLink(link)) == shown


def test_schema_says_what_is_a_secret() -> None:
    properties = Held.model_json_schema()["properties"]
    assert all(field["x-secret"] for field in properties.values())
    assert properties["link"]["maxLength"] == 2000


@pytest.mark.parametrize("token", ["", "\x1b[2J", "a b", "a\n", "\u202ea", "é", "\ud83d", "x" * 4097], ids=ascii)
def test_secret_that_would_have_to_be_cleaned_is_refused(token: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Held.model_validate({"token": token, "link": LINK})
    assert "printable characters" in str(caught.value) or "unicode" in str(caught.value)
