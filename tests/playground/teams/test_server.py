"""The local Teams alone, towards any bot."""

import json
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import jwt
import pytest

from playground.listening import PortTakenError
from playground.teams.server import start
from playground.teams.tenant import SeedError

WILL = "5a1d0000-0000-4000-8000-000000000001"
GENERAL = "19:website@thread.tacv2"


@pytest.fixture
def heard():
    """What a bot of somebody else's is sent: the header and the activity."""
    return []


@pytest.fixture
def local(heard):
    class Bot(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    bot = HTTPServer(("127.0.0.1", 0), Bot)
    thread = Thread(target=bot.serve_forever)
    thread.start()
    local = start(port=0, app_url=f"http://127.0.0.1:{bot.server_port}")
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


def test_a_port_that_is_taken_and_a_seed_without_a_tenant_are_named(local, tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text("teams: []\n")

    with pytest.raises(PortTakenError, match="is taken"):
        start(port=int(local.url.rpartition(":")[2]))
    with pytest.raises(SeedError, match=r"seed\.yaml: expected the shape"):
        start(port=0, seed=seed)
