"""Commands that only read, each in exactly the shapes in which it only reads. Whatever is not here is DESTRUCTIVE.

A shape is words with single spaces between them; a word in capitals stands for any word of that kind. Before one is
added: it must change nothing on any Android, with any word in its place, whoever runs it; and it gets its look-alikes
in the tests.
"""

from collections.abc import Mapping
from types import MappingProxyType

HARMLESS = (
    "date",
    "df",
    "df -h",
    "getprop",
    "getprop NAME",
    "id",
    "ls SYSTEM_PATH",
    "ls -l SYSTEM_PATH",
    "ls -a SYSTEM_PATH",
    "ls -la SYSTEM_PATH",
    "pm list packages",
    "pm list packages -3",
    "pm path PACKAGE",
    "ps",
    "ps -A",
    "uname -a",
    "uptime",
    "whoami",
    "wm density",
    "wm size",
)

# None can begin with a hyphen and become an option, none can step out of its folder with "..".
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "NAME": r"[A-Za-z0-9_.][A-Za-z0-9_.\-]*",
        "PACKAGE": r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*",
        "SYSTEM_PATH": r"/(system|vendor|product|odm|apex)(/[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*)*/?",
    }
)
