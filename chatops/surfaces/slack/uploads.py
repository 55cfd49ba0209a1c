"""Files that are shared in a channel: what does not fit into a message."""

import aiohttp

from chatops.errors import SlackUnavailable
from chatops.surfaces.slack.web import PATIENCE, Web

_FAILED_AT = 300


async def upload(web: Web, name: str, content: bytes, *, channel: str, thread: str = "", title: str = "") -> None:
    """Share this there. It may be shared twice if it is called again.

    Raises:
        SlackRejected: Slack says no, and nothing was shared.
        SlackUnavailable: nobody knows whether it was shared.

    """
    place = await web.ask("files.getUploadURLExternal", filename=name, length=len(content))
    await _sent(str(place["upload_url"]), content)
    await web.post(
        "files.completeUploadExternal",
        files=[{"id": str(place["file_id"]), "title": title or name}],
        channel_id=channel,
        thread_ts=thread or None,
    )


async def _sent(address: str, content: bytes) -> None:
    timeout = aiohttp.ClientTimeout(total=PATIENCE * 3)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.post(address, data=content) as answer:
            if answer.status >= _FAILED_AT:
                raise SlackUnavailable(f"Slack did not take a file: status {answer.status}.")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SlackUnavailable("Slack did not take a file.") from error
