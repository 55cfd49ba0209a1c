"""Texts that somebody might have given a phone, or an API its answers."""

from hypothesis import strategies as st

_PIECES = (
    "<!channel>",
    "<!here|here>",
    "<@U0BOB>",
    "<!subteam^S0ONCALL>",
    "<https://bad.example|click>",
    "<!date^0^{date}|now>",
    "```",
    "`",
    "|",
    "&amp;lt;",
    "&&&&&&&&",
    "\u202e\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627",
    "👩‍👩‍👧‍👦🏴‍☠️",
    ":white_check_mark:",
    "*bold* _slanted_ ~gone~",
    "\n\n> quoted\n",
    "\x1b[31m\x00\u200b\ud800",
    "Undo: nothing",
    "a\tb",
)
LONG = "<!channel>&`|\u202e" * 300
"""Four thousand characters of it."""

nasty = st.one_of(
    st.lists(st.sampled_from(_PIECES) | st.text(max_size=12), max_size=12).map("".join),
    st.sampled_from((LONG, "&" * 4096, "x" * 4096, "👩‍👩‍👧" * 800, "", " ", "\u200b")),
)
