"""A file, put where a message stands."""

import aiohttp
import anyio

from chatops.errors import SlackUnavailable
from chatops.surfaces.slack.web import PATIENCE, Web

_OK = 200


async def share(web: Web, name: str, content: str, *, channel: str, thread: str = "") -> str:
    """Put this file there; its id.

    Raises:
        SlackRejected: Slack says no.
        SlackUnavailable: Slack gave no usable answer; it may stand there.

    """
    data = content.encode()
    address = await web.ask("files.getUploadURLExternal", filename=name, length=len(data))
    await _upload(str(address["upload_url"]), data)
    file: str = str(address["file_id"])
    await web.post(
        "files.completeUploadExternal",
        files=[{"id": file, "title": name}],
        channel_id=channel,
        thread_ts=thread or None,
    )
    return file


async def _upload(url: str, data: bytes) -> None:
    try:
        with anyio.fail_after(PATIENCE):
            async with aiohttp.ClientSession() as session, session.post(url, data=data) as answer:
                status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SlackUnavailable("Slack took no file.") from error
    if status != _OK:
        raise SlackUnavailable(f"Slack took no file: status {status}.")
