"""The local Teams alone, towards any bot."""

import json
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import quote

import jwt
import pytest
import yaml

from playground.listening import PortTakenError
from playground.seeds import SeedError
from playground.teams.identity import CONNECTOR
from playground.teams.server import start
from playground.teams.tenant import SEED

WILL = "5a1d0000-0000-4000-8000-000000000001"
GENERAL = "19:website@thread.tacv2"


@pytest.fixture
def heard():
    """What a bot of somebody else's is sent: the header and the activity."""
    return []


@pytest.fixture
def answers():
    """What that bot says to a press."""
    return {}


@pytest.fixture
def is_strict():
    return True


@pytest.fixture
def local(heard, answers, is_strict):
    class Bot(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["Authorization"], json.loads(body)))
            said = json.dumps(answers).encode() if answers else b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_):
            """Say nothing."""

    bot = HTTPServer(("127.0.0.1", 0), Bot)
    thread = Thread(target=bot.serve_forever)
    thread.start()
    local = start(port=0, app_url=f"http://127.0.0.1:{bot.server_port}", is_strict=is_strict)
    yield local
    local.stop()
    bot.shutdown()
    thread.join()
    bot.server_close()


def read(url):
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def claims(local, header):
    """Verify a token as a bot does: with the keys that the metadata names."""
    metadata = read(f"{local.url}/v1/.well-known/openidconfiguration")
    [key] = read(metadata["jwks_uri"])["keys"]
    return jwt.decode(
        header.removeprefix("Bearer "), jwt.PyJWK(key).key, algorithms=["RS256"],
        audience=local.tenant.app.id, issuer=metadata["issuer"],
    )  # fmt: skip


def test_the_app_is_added_to_every_team_and_hears_who_mentions_it(local, heard, eventually):
    eventually(lambda: len(heard) == 2)
    local.do(local.people.say(WILL, GENERAL, "@Compliance status <now> & here"))
    local.do(local.people.say(WILL, GENERAL, "Not for the bot."))

    header, said = heard[2]
    assert len(heard) == 3
    assert {each["type"] for _, each in heard[:2]} == {"installationUpdate"}
    assert said["text"] == "<at>Compliance</at> status &lt;now&gt; &amp; here"
    assert said["entities"][0]["mentioned"]["id"] == local.tenant.app.bot
    assert claims(local, header)["serviceurl"] == said["serviceUrl"] == f"{local.url}/teams/"


def test_a_tool_without_tokens_is_signed_for(local, heard, eventually):
    eventually(lambda: len(heard) == 2)
    activity = {"type": "message", "serviceUrl": "http://127.0.0.1:9/tool"}
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{local.url}/sign/api/messages", json.dumps(activity).encode()
    )

    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - our own server

    header, said = heard[2]
    assert said == activity
    assert claims(local, header)["serviceurl"] == activity["serviceUrl"]


IM_BACK = {"msteams": {"type": "imBack", "value": "hi"}}
BUTTONS = [
    {"type": "Action.Submit", "title": "Send", "data": {"task": 7}},
    {
        "type": "Action.Submit",
        "title": "Say",
        "data": {"msteams": {"type": "imBack", "value": "hi"}},
    },
    {"type": "Action.Execute", "title": "Do", "verb": "do", "data": {"task": 7}},
]
INPUTS = [
    {"type": "Input.Text", "id": "why", "label": "Why?"},
    {"type": "Input.Toggle", "id": "sure", "label": "Sure?", "title": "Yes"},
]
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": INPUTS, "actions": BUTTONS}


def post(local, card, headers=()):
    """Post *card* as the app, and return its status and the message's id, or what was refused."""
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    token = {"Authorization": f"Bearer {local.identity.token(CONNECTOR)}"}
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{local.url}/teams/v3/conversations/{quote(GENERAL)}/activities",
        json.dumps({"type": "message", "attachments": [content]}).encode(),
        {"Content-Type": "application/json", **(headers or token)},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status, json.load(answer)["id"]
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)["error"]["message"]


def test_a_submit_sends_what_was_entered_as_a_message_and_a_toggle_says_that_it_is_off(
    local, heard, eventually
):
    eventually(lambda: len(heard) == 2)
    _, message = post(local, CARD)
    for number in (0, 1):
        local.do(local.people.press(WILL, message, number, {"why": "Because."}))

    sent, said = (activity for _, activity in heard[2:])
    assert (sent["type"], sent["replyToId"]) == ("message", message)
    assert sent["value"] == {"task": 7, "why": "Because.", "sure": "false"}
    assert said["text"] == "hi"


def test_what_a_bot_says_about_a_press_is_told_to_the_presser(local, heard, answers, eventually):
    eventually(lambda: len(heard) == 2)
    kind = "application/vnd.microsoft.activity.message"
    answers |= {"statusCode": 200, "type": kind, "value": "Done."}
    _, message = post(local, CARD)

    outcome = local.do(local.people.press(WILL, message, 2, {}))

    assert (outcome.said, outcome.problem) == ("Done.", "")


def test_a_card_that_teams_would_refuse_is_refused_with_what_is_wrong(local):
    status, why = post(local, {**CARD, "schema": "x"})

    assert status == 400
    assert "'schema' was unexpected" in why
    assert post(local, CARD, {"Authorization": "Bearer nonsense"})[0] == 401
    assert post(local, CARD, {"Accept": "*/*"})[0] == 401


class TestLenient:
    """For a look at a bot that is not ready for Teams."""

    @pytest.fixture
    def is_strict(self):
        return False

    def test_such_a_card_is_taken_and_named_and_no_token_is_needed(self, local):
        status, message = post(local, {**CARD, "schema": "x"}, {"Accept": "*/*"})

        assert status == 201
        assert "'schema' was unexpected" in local.tenant.messages[message].doubt


def test_microsofts_playground_is_given_the_tenant_people_and_channels_of_the_demo(local):
    given = yaml.safe_load(SEED.with_name("m365agentsplayground.yml").read_text())
    tenant, people = local.tenant, [given["currentUser"], *given["users"]]
    channels = [given["team"]["id"], *(each["id"] for each in given["team"]["channels"])]

    assert (given["tenantId"], given["bot"]["id"]) == (tenant.id, tenant.app.bot)
    assert len(given["users"]) == 5
    assert {(each["aadObjectId"], each["id"], each["name"]) for each in people} <= {
        (each.id, each.mri, each.name) for each in tenant.people.values()
    }
    assert channels == [each.id for each in tenant.teams[given["team"]["id"]].channels]


def test_a_port_that_is_taken_and_a_seed_without_a_tenant_are_named(local, tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text("teams: []\n")
    alone = tmp_path / "alone.yaml"
    alone.write_text(SEED.read_text().replace("19:website@thread.tacv2", "19:w@thread.tacv2", 1))

    with pytest.raises(PortTakenError, match="is taken"):
        start(port=int(local.url.rpartition(":")[2]))
    with pytest.raises(SeedError, match=r"seed\.yaml: expected the form"):
        start(port=0, seed=seed)
    with pytest.raises(SeedError, match=r"alone\.yaml: .*Website has no General channel"):
        start(port=0, seed=alone)
