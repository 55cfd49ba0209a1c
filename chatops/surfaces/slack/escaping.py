"""Untrusted text on its way to Slack: cleaned, cut, and, where Slack would read markup in it, without any.

Most of it stands in ``plain_text`` and in ``rich_text``, where Slack reads no markup at all; only the fallback text of
a message and our own dates are read as markup.
"""

from datetime import UTC, datetime

from tools import clean_text

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CUT = "…"


def line(text: str, limit: int) -> str:
    """The text on one line, for ``plain_text`` and ``rich_text``; never empty, as Slack refuses that."""
    return clean_text(text, limit=limit, lines=False).strip() or "-"


def lines(text: str, limit: int) -> str:
    """The text with its line breaks, for ``plain_text`` and ``rich_text``; never empty."""
    return clean_text(text, limit=limit, lines=True).strip() or "-"


def escaped(text: str, limit: int) -> str:
    """The text where Slack reads markup: it pings nobody and links nothing. The limit counts what is sent."""
    cleaned = clean_text(text, limit=limit, lines=True).strip() or "-"
    whole = cleaned.translate(_ENTITIES)
    if len(whole) <= limit:
        return whole
    kept, size = [], len(_CUT)
    for character in cleaned:
        sent = character.translate(_ENTITIES)
        size += len(sent)
        if size > limit:
            break
        kept.append(sent)
    return "".join(kept) + _CUT


def entities(text: str) -> str:
    """Text that is clean already, where Slack reads markup."""
    return text.translate(_ENTITIES)


def date(seconds: float) -> str:
    """The moment in the zone of whoever reads it, as markup; UTC where Slack cannot tell."""
    fallback = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"<!date^{int(seconds)}^{{date_short_pretty}} {{time}}|{fallback}>"
