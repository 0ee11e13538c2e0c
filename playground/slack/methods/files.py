"""files.*: upload in three steps, as files_upload_v2 takes them.

https://docs.slack.dev/messaging/working-with-files
"""

import mimetypes
from typing import Any

from playground.slack import payloads, posting
from playground.slack.arguments import Arguments, is_number
from playground.slack.composing import Content
from playground.slack.entities import File
from playground.slack.errors import SlackError, invalid_arguments
from playground.slack.installation import Installation
from playground.slack.limits import TIER_4
from playground.slack.methods.method import Method


def get_upload_url(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    """Return where the content goes. It need not be as long as it was said to be: Slack does not
    look at that either.
    """
    name = arguments.needed("filename")
    if not is_number(arguments.needed("length")):
        raise invalid_arguments("must be a number [json-pointer:/length]")
    file = File(
        id=slack.new_id("F"),
        name=name,
        title=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        user=slack.app.bot_user,
        alt_text=arguments.text("alt_txt"),
    )
    slack.workspace.files[file.id] = file
    return {"upload_url": f"{slack.url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    wanted = arguments.structure("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("missing required field: files")
    files = [_uploaded(slack, each) for each in wanted]
    channel_ids = [each for each in (arguments.text("channel_id"),) if each]
    channels = [slack.channel(each) for each in channel_ids or arguments.listed("channels")]
    for channel in channels:
        if slack.app.bot_user not in channel.members:
            raise SlackError("not_in_channel")
    for file, each in zip(files, wanted, strict=True):
        file.title = str(each.get("title") or file.name)
        file.complete = True
        file.channels = tuple(channel.id for channel in channels)
    comment = Content(arguments.text("initial_comment"), (), (), None, mrkdwn=True)
    for channel in channels:
        thread_ts = arguments.text("thread_ts")
        ids = tuple(file.id for file in files)
        posting.post(slack, channel.id, comment, thread_ts=thread_ts, files=ids)
    return {"files": [payloads.file(file, slack.url) for file in files]}


def info(slack: Installation, arguments: Arguments) -> dict[str, Any]:
    file = slack.workspace.files.get(arguments.needed("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    return {
        "file": payloads.file(file, slack.url),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _uploaded(slack: Installation, wanted: Any) -> File:
    file = slack.workspace.files.get(str(wanted.get("id")) if isinstance(wanted, dict) else "")
    if file is None or not file.content or file.complete:
        raise SlackError("file_not_found")
    return file


METHODS = (
    Method("files.getUploadURLExternal", get_upload_url, TIER_4, ("files:write",)),
    Method("files.completeUploadExternal", complete_upload, TIER_4, ("files:write",)),
    Method("files.info", info, TIER_4, ("files:read",)),
)
