"""How fast a simulator of 100,000 phones starts, how much memory it takes, and how long a page takes.

Run: .venv/bin/python bench/simulator.py
The same pages are asked of a simulator of 100 phones in the same run, so that the ratio holds on any machine.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx2

from chatops.simulator import DOMAIN, PASSWORD, PROJECT, USERNAME

ROOT = Path(__file__).resolve().parent.parent
PHONES = 100_000
FEW = 100
PAGE = 100
REPEATS = 50
PROGRAM = (
    "import sys; from chatops.simulator import SimulatorSettings, run; run(SimulatorSettings(phones=int(sys.argv[1])))"
)


@contextmanager
def started(phones: int) -> Iterator[tuple[str, float, int]]:
    """A simulator in a process of its own: URL, seconds until it listened, process id."""
    begin = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, str(phones)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the simulator has no output")
        url = process.stdout.readline().split()[3]
        yield url, time.perf_counter() - begin, process.pid
    finally:
        process.terminate()
        process.wait(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


def resident_mib(pid: int) -> float:
    """Resident memory of a process, as Linux tells it."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def page_milliseconds(client: httpx2.Client, number: int) -> float:
    """The median time of one page."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        answer = client.get(
            "/v1/instances/batch-query", params={"page_no": number, "page_size": PAGE, "x-request-id": "bench"}
        )
        times.append(time.perf_counter() - begin)
        answer.raise_for_status()
        if len(answer.json()["data"]["result"]) != PAGE:
            raise RuntimeError(f"page {number} is not full")
    return median(times) * 1000


def client_of(url: str) -> httpx2.Client:
    """A client with a token."""
    user = {"name": USERNAME, "password": PASSWORD, "domain": {"name": DOMAIN}}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = {"auth": {"identity": identity, "scope": {"project": {"name": PROJECT}}}}
    token = httpx2.post(f"{url}/v3/auth/tokens", json=body).headers["X-Subject-Token"]
    return httpx2.Client(base_url=url, headers={"X-Auth-Token": token})


def main() -> None:
    """Print the figures, one a line."""
    with started(FEW) as (url, few_seconds, _), client_of(url) as client:
        few = page_milliseconds(client, 1)
    with started(PHONES) as (url, seconds, pid), client_of(url) as client:
        print(f"start: {seconds:.2f} s for {PHONES} phones, {few_seconds:.2f} s for {FEW}")
        for name, number in (("first", 1), ("middle", PHONES // PAGE // 2), ("last", PHONES // PAGE)):
            many = page_milliseconds(client, number)
            print(f"{name} page: {many:.2f} ms, {many / few:.2f} times that of {FEW} phones ({few:.2f} ms)")
        print(f"memory: {resident_mib(pid):.0f} MiB")


if __name__ == "__main__":
    main()
