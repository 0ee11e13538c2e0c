"""Uploads, by files_upload_v2 of Slack's own client."""

import httpx2
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.slack.server import LocalSlack
from tests.playground.slack.world import GENERAL, HOUSING


def test_a_file_is_uploaded_shared_and_read_back(slack: LocalSlack, client: WebClient):
    uploaded = client.files_upload_v2(
        channel=HOUSING, content="a,b\n1,2\n", filename="t.csv", initial_comment="the table"
    )

    file = client.files_info(file=uploaded["file"]["id"])["file"]
    assert (file["name"], file["size"], file["channels"]) == ("t.csv", 8, [HOUSING])
    message = next(slack.workspace.messages(HOUSING))
    assert (message.text, message.files) == ("the table", (file["id"],))
    bearer = {"Authorization": f"Bearer {client.token}"}
    assert httpx2.get(file["url_private"], headers=bearer).text == "a,b\n1,2\n"
    assert httpx2.get(file["url_private"]).status_code == 403


def test_a_file_is_not_there_before_its_upload_is_complete(slack: LocalSlack, client: WebClient):
    answer = client.files_getUploadURLExternal(filename="t.csv", length=3)

    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_info(file=answer["file_id"])
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_completeUploadExternal(files=[{"id": answer["file_id"]}])


def test_a_file_is_shared_only_where_the_app_is(client: WebClient):
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.files_upload_v2(channel=GENERAL, content="x", filename="t.txt")


def test_a_file_of_no_length_or_name_is_refused(client: WebClient):
    for wrong in ({"filename": "x", "length": "long"}, {"length": "1"}):
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            client.api_call("files.getUploadURLExternal", params=wrong)
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.api_call("files.completeUploadExternal", params={"files": "[]"})
