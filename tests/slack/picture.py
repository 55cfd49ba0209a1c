"""Block Kit as HTML, to look at without Slack: its layout and colours, none of its code. Knows nothing of ours."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.slack import JsonObject

_DATE = re.compile(r"&lt;!date\^[^|]*\|([^&]*)&gt;")
_STYLE = """
body { font: 15px/1.45 Lato, Arial, sans-serif; color: #1d1c1d; background: #fff; margin: 24px auto; max-width: 720px }
h2 { font-size: 13px; color: #616061; margin: 32px 0 6px; text-transform: uppercase; letter-spacing: .04em }
.card { border: 1px solid #ddd; border-radius: 8px; padding: 12px 16px; margin: 0 0 8px }
.modal { box-shadow: 0 4px 18px #0003 } .title { font-weight: 900; font-size: 18px; margin: 0 0 8px }
.header { font-weight: 900; font-size: 18px; margin: 6px 0 } .section, .rich { margin: 8px 0; white-space: pre-wrap }
.section { display: flex; justify-content: space-between; gap: 12px }
.context { color: #616061; font-size: 13px; margin: 4px 0; white-space: pre-wrap }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; font-size: 12px; margin: 6px 0;
  white-space: pre-wrap }
code { background: #f8f8f8; border: 1px solid #ddd; border-radius: 3px; color: #c01343; font-size: 12px }
table { border-collapse: collapse; font-size: 13px; margin: 8px 0 } td { border: 1px solid #ddd; padding: 4px 8px }
tr:first-child td { font-weight: 700; background: #f8f8f8 } ol { margin: 4px 0; padding-left: 24px }
.button { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; font-weight: 700;
  margin: 6px 8px 6px 0; white-space: nowrap }
.primary { background: #007a5a; border-color: #007a5a; color: #fff }
.danger { background: #e01e5a; border-color: #e01e5a; color: #fff }
.field { border: 1px solid #bbb; border-radius: 4px; padding: 6px 10px; color: #616061; margin: 2px 0 }
.label { font-weight: 700; margin: 10px 0 2px } .hint { color: #616061; font-size: 13px }
hr { border: 0; border-top: 1px solid #ddd; margin: 10px 0 }
"""


def page(title: str, scenes: list[tuple[str, JsonObject]]) -> str:
    """Every scene below its name: messages, forms and home tabs, as they are sent."""
    shown = "\n".join(f"<h2>{html.escape(name)}</h2>\n{card(payload)}" for name, payload in scenes)
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
    return f"<!doctype html>\n<html><head>{head}</head><body>\n{shown}\n</body></html>\n"


def card(payload: JsonObject) -> str:
    """One message or view."""
    inner = "\n".join(_block(each) for each in payload["blocks"])
    if payload.get("type") != "modal":
        return f'<div class="card">{inner}</div>'
    ends = [payload["submit"]["text"]] if "submit" in payload else []
    buttons = "".join(f'<span class="button primary">{html.escape(each)}</span>' for each in ends)
    title = html.escape(payload["title"]["text"])
    return f'<div class="card modal"><div class="title">{title}</div>{inner}<hr>{buttons}</div>'


def _block(block: JsonObject) -> str:
    return _BLOCKS[block["type"]](block)


def _section(block: JsonObject) -> str:
    beside = _element(block["accessory"]) if "accessory" in block else ""
    return f'<div class="section"><div>{_text(block["text"])}</div>{beside}</div>'


def _table(block: JsonObject) -> str:
    rows = ("".join(f"<td>{_text(cell)}</td>" for cell in row) for row in block["rows"])
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def _text(value: JsonObject) -> str:
    text = html.escape(str(value["text"]), quote=False)
    return _DATE.sub(r"\1", text) if value["type"] == "mrkdwn" else text


def _rich(element: JsonObject) -> str:
    inner = "".join(map(_rich if element["type"] == "rich_text_list" else _span, element["elements"]))
    match element["type"]:
        case "rich_text_list":
            return f"<ol>{inner.replace('<div>', '<li>').replace('</div>', '</li>')}</ol>"
        case "rich_text_preformatted":
            return f"<pre>{inner}</pre>"
        case _:
            return f"<div>{inner}</div>"


def _span(span: JsonObject) -> str:
    text = html.escape(str(span["fallback"] if span["type"] == "date" else span["text"]), quote=False)
    style: Any = span.get("style") or {}
    text = f"<b>{text}</b>" if style.get("bold") else text
    return f"<code>{text}</code>" if style.get("code") else text


def _element(element: JsonObject) -> str:
    return f'<span class="button {element.get("style", "")}">{_text(element["text"])}</span>'


def _input(block: JsonObject) -> str:
    optional = " (optional)" if block.get("optional") else ""
    label = f'<div class="label">{_text(block["label"])}{optional}</div>'
    hint = f'<div class="hint">{_text(block["hint"])}</div>' if "hint" in block else ""
    return f'{label}<div class="field">{html.escape(_initial(block["element"]))}</div>{hint}'


def _initial(element: JsonObject) -> str:
    many = element.get("initial_options") or [each for each in (element.get("initial_option"),) if each]
    chosen = ", ".join(str(each["text"]["text"]) for each in many)
    offered = "☐ Yes" if element["type"] == "checkboxes" else " "
    return str(element.get("initial_value") or chosen or (element.get("placeholder") or {}).get("text") or offered)


_BLOCKS: Mapping[str, Callable[[JsonObject], str]] = {
    "header": lambda block: f'<div class="header">{_text(block["text"])}</div>',
    "section": _section,
    "context": lambda block: f'<div class="context">{" ".join(map(_text, block["elements"]))}</div>',
    "rich_text": lambda block: f'<div class="rich">{"".join(map(_rich, block["elements"]))}</div>',
    "table": _table,
    "actions": lambda block: f"<div>{''.join(map(_element, block['elements']))}</div>",
    "input": _input,
    "image": lambda block: f'<div class="field">Picture: {html.escape(block["alt_text"])}</div>',
    "divider": lambda _: "<hr>",
}
