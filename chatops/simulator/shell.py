"""What a phone answers to an adb shell command. A handful of commands is known; the rest is not found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chatops.simulator.phones import Phone, Running

_OUTPUT_BYTES = 1024  # tables 4-5 and 4-19
_ROOTS = ("/", "/system", "/sdcard", "/data", "/vendor", "/proc")
_PROPERTIES = {
    "ro.build.version.release": "9",
    "ro.build.version.sdk": "28",
    "ro.product.model": "KooPhone",
    "sys.boot_completed": "1",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command went: number of the error (empty: none), its message, and the output."""

    error_number: str
    error_message: str
    output: str | None
    seconds: float = 1.0


NOT_FOUND = Outcome("0005", "Phone not found.", None)


def run(phone: Phone, running: Running, command: str, packages: Mapping[str, str]) -> Outcome:
    """Run a command; broken phones fail every one, phones that are not up are not found."""
    words = command.split()
    if phone.broken:
        missing = words[-1] if words and words[0] == "ls" else "device"
        return _failed(f"{words[0] if words else 'sh'}: cannot access '{missing}': No such file or directory")
    if running is not Running.RUNNING:
        return NOT_FOUND
    if not words:
        return _failed("sh: empty command")
    known = _COMMANDS.get(words[0])
    if known is None:
        return _failed(f"/system/bin/sh: {words[0]}: not found")
    return known(words, phone, packages)


def _done(output: str, seconds: float = 1.0) -> Outcome:
    return Outcome("", "", _cut(output), seconds)


def _failed(output: str) -> Outcome:
    return Outcome("0191", "Run command failed.", _cut(output))


def _cut(output: str) -> str:
    return output.encode()[:_OUTPUT_BYTES].decode(errors="ignore")


def _ls(words: list[str], phone: Phone, _packages: Mapping[str, str]) -> Outcome:
    path = next((word for word in words[1:] if not word.startswith("-")), "/")
    if path.rstrip("/") not in {root.rstrip("/") for root in _ROOTS}:
        return _failed(f"ls: cannot access '{path}': No such file or directory")
    return _done(f"total 8\ndrwxr-xr-x 2 root root 4096 2024-05-24 17:34 bin\n-rw-r--r-- 1 root root 8 {phone.id}.id")


def _getprop(words: list[str], _phone: Phone, _packages: Mapping[str, str]) -> Outcome:
    if len(words) > 1:
        return _done(_PROPERTIES.get(words[1], ""))
    return _done("\n".join(f"[{name}]: [{value}]" for name, value in _PROPERTIES.items()))


def _pm(words: list[str], _phone: Phone, packages: Mapping[str, str]) -> Outcome:
    if words[1:3] != ["list", "packages"]:
        return _failed("pm: unknown command")
    names = sorted({"android", "com.android.settings", *packages})
    return _done("\n".join(f"package:{name}" for name in names))


def _sleep(words: list[str], _phone: Phone, _packages: Mapping[str, str]) -> Outcome:
    seconds = words[1] if len(words) > 1 else ""
    if not seconds.isascii() or not seconds.isdigit():
        return _failed("sleep: bad number")
    return _done("", min(float(seconds), 86_400.0))


def _fixed(output: str) -> Callable[[list[str], Phone, Mapping[str, str]], Outcome]:
    return lambda _words, _phone, _packages: _done(output)


_COMMANDS: Mapping[str, Callable[[list[str], Phone, Mapping[str, str]], Outcome]] = {
    "ls": _ls,
    "getprop": _getprop,
    "pm": _pm,
    "sleep": _sleep,
    "uptime": _fixed(" 10:15:30 up 3 days, 4:05, 0 users, load average: 0.15, 0.10, 0.05"),
    "df": _fixed("Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/block/dm-0 10485760 3145728 7340032 30% /"),
    "id": _fixed("uid=2000(shell) gid=2000(shell)"),
    "whoami": _fixed("shell"),
    "date": _fixed("Wed Aug 27 08:15:30 UTC 2025"),
    "ps": _fixed("USER PID NAME\nroot 1 init\nsystem 512 system_server"),
    "dumpsys": _fixed("Current Battery Service state:\n  AC powered: true\n  level: 100"),
    "echo": lambda words, _phone, _packages: _done(" ".join(words[1:])),
    "input": _fixed(""),
    "am": _fixed("Starting: Intent"),
    "svc": _fixed(""),
}
