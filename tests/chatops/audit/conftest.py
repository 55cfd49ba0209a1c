from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chatops.store.stores import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(folder=tmp_path)
    yield found
    found.close()
