"""A fake Slack for tests: strict, over real HTTP and WebSockets, driven by people as in a story.

It knows nothing of the product; ``README.md`` shows how stories are written on it.
"""

from typing import Any

JsonObject = dict[str, Any]
