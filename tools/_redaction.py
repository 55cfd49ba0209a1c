"""Secrets that somebody has written into a text: recognised by their form, and taken out.

Every pattern begins where no character of its kind stands before it, and repeats bounded, unambiguous classes: the
time it takes grows with the length of the text and not faster, whatever the text is.
"""

import re

REMOVED = "[secret removed]"
_SHORTEST, _SHORTEST_TOKEN = 10, 15
_BETWEEN = frozenset(":= ")
_TOKEN = r"[A-Za-z0-9._~+/=-]"  # noqa: S105  # the characters of tokens

_LABEL = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?|authorization|cookie|api[_-]?key|private[_-]?key|"
    r"(?:secret[_-]?)?access[_-]?key(?:[_-]?id)?|secret[_-]?key)"
)
_WHOLE = (
    # A private key, up to its end or to where it was cut off.
    r"-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----(?:(?!-----END)[\s\S]){0,16384}(?:-----END [A-Z ]{0,32}-----)?",
    # A JSON web token, whole or without its signature.
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,2048})?",
    # Tokens of IAM are CMS messages in base64.
    r"(?<![A-Za-z0-9+/_-])MII[A-Za-z0-9+/_-]{61,16384}={0,2}",
    # Tokens that say what they are: ours, GitHub's, GitLab's, Slack's.
    r"(?<![A-Za-z0-9])(?:chatops_pat|gh[oprsu]|github_pat|glpat|xox[a-z]|xapp)[_-][A-Za-z0-9_-]{10,512}",
    # Access keys of Huawei and AWS, and keys of 40 characters that are no hexadecimal number.
    r"(?<![A-Za-z0-9])(?=[A-Z]{0,19}[0-9])(?=[0-9]{0,19}[A-Z])[A-Z0-9]{20}(?![A-Za-z0-9])",
    (
        r"(?<![A-Za-z0-9+/])(?=[a-z0-9+/]{0,39}[A-Z])(?=[A-Z0-9+/]{0,39}[a-z])(?=[A-Za-z+/]{0,39}[0-9])"
        r"[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])"
    ),
)
_BEARER = rf"(?P<scheme>\b(?:bearer|basic)\s{{1,4}})(?P<credentials>{_TOKEN}{{8,16384}})"
_LABELLED = (
    rf"(?P<label>(?<![A-Za-z0-9]){_LABEL}[\"']?\s{{0,3}}[:=]\s{{0,3}}[\"']?)"
    rf"(?P<value>(?!\[secret|(?:bearer|basic)\s)[^\s\"',;&<>]{{6,1024}})"
)
_LINK = r"(?P<start>https?://)(?P<user>[^\s/?#@\"'<>]{1,256}@)?(?P<place>[^\s?\"'<>]{1,2048})(?P<query>\?[^\s\"'<>]{1,8192})?"
_SIGNED = re.compile(
    r"[?&](?:x-(?:amz|obs|goog|oss)-|aws|(?:oss)?accesskeyid=|signature=|sig=|expires=|token=|security-token=)",
    re.IGNORECASE,
)
_LINKS = re.compile(_LINK, re.IGNORECASE)
_TOKENS = re.compile("|".join(_WHOLE))
_NAMED = re.compile(f"{_BEARER}|{_LABELLED}", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """The text, with "[secret removed]" in the place of whatever looks like a secret."""
    if "://" in text:
        text = _LINKS.sub(_link, text)
    if len(text) >= _SHORTEST_TOKEN:
        text = _TOKENS.sub(REMOVED, text)
    # What has a name in front of it has one of these in between.
    return _NAMED.sub(_named, text) if len(text) >= _SHORTEST and _BETWEEN & set(text) else text


def _link(match: re.Match[str]) -> str:
    """A link keeps where it leads; who signed it, until when and with whose password goes."""
    user = f"{REMOVED}@" if match["user"] and ":" in match["user"] else match["user"] or ""
    query = match["query"] or ""
    shown = f"?{REMOVED}" if _SIGNED.search(query) else query
    return f"{match['start']}{user}{match['place']}{shown}"


def _named(match: re.Match[str]) -> str:
    """What stands behind a name such as password, unless it is a word of the language: "token: expired"."""
    label, value = match["scheme"] or match["label"], match["credentials"] or match["value"]
    word = value.rstrip(".!)")
    is_a_word = word.isalpha() and word[1:].islower() and "=" not in label
    return match[0] if is_a_word else f"{label}{REMOVED}"
