import subprocess
import sys

import pytest

QUESTION = "import sys, chatops.surfaces.mcp; print(sorted({'mcp', 'chatops.executor', 'httpx2'} & set(sys.modules)))"


@pytest.mark.process
def test_importing_the_door_loads_nothing_heavy() -> None:
    answer = subprocess.run([sys.executable, "-c", QUESTION], check=True, capture_output=True, text=True)
    assert answer.stdout == "[]\n"
