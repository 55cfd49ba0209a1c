"""Files for Slack: an address is asked for, the bytes go there, and Slack is told that they are complete."""

from urllib.parse import urlsplit

import aiohttp
import anyio

from chatops.errors import SlackRejected, SlackUnavailable
from chatops.surfaces.slack.web import PATIENCE, Web

_OK = 200


async def upload(  # what Slack asks of a file
    web: Web, name: str, content: bytes, *, title: str, alt_text: str = "", channel: str = "", thread: str = ""
) -> str:
    """The id of the file. Without a channel nobody sees it until a message or a view shows it.

    Raises:
        SlackRejected: Slack says no.
        SlackUnavailable: there was no usable answer; in a channel it may stand there all the same.

    """
    given = await web.ask(
        "files.getUploadURLExternal", filename=name, length=len(content), alt_txt=alt_text[:1000] or None
    )
    file, address = str(given.get("file_id") or ""), str(given.get("upload_url") or "")
    if not _is_slack(address, web.client.base_url):
        raise SlackRejected("Slack named an address for a file that is not its own, so nothing was sent there.")
    await _send(address, content)
    # To complete it twice shows it twice.
    complete = web.post if channel else web.ask
    await complete(
        "files.completeUploadExternal",
        files=[{"id": file, "title": title}],
        channel_id=channel or None,
        thread_ts=thread or None,
    )
    return file


def _is_slack(address: str, api_url: str) -> bool:
    """Whether bytes may go there: to Slack, or to where its Web API is."""
    asked, api = urlsplit(address), urlsplit(api_url)
    if (asked.scheme, asked.netloc) == (api.scheme, api.netloc):
        return True
    return asked.scheme == "https" and (asked.hostname or "").endswith(".slack.com")


async def _send(address: str, content: bytes) -> None:
    """No token goes along: the address is the permission."""
    try:
        with anyio.fail_after(PATIENCE):
            async with (
                aiohttp.ClientSession() as session,
                session.post(address, data=content, allow_redirects=False) as answer,
            ):
                status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SlackUnavailable("Slack did not take a file.") from error
    if status != _OK:
        raise SlackUnavailable(f"Slack did not take a file: it answered {status}.")
