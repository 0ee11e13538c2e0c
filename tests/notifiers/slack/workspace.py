"""A small Slack: the methods of the Web API that the bot calls, over real HTTP."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

HOME = "T0COUNCIL"


def user(user_id, **flags):
    name = user_id.removeprefix("U0").title()
    return {"id": user_id, "team_id": HOME, "real_name": name, "profile": {}, **flags}


class Workspace:
    """What the workspace holds, what the bot called, and what the next calls are answered.

    *answers* maps a method to answers that come before the usual one, each (status, body, headers).
    """

    def __init__(self):
        self.calls = []
        self.answers = {}
        self.history = []
        self.uploaded = b""
        self.users = {each: user(each) for each in ("U0HANNAH", "U0HARRY", "U0NOBODY")}
        #: What conversations.info says besides, of every channel.
        self.channel = {}
        self.groups = {"S0SECURITY": ["U0SAM"], "S0PAYMENTS": []}
        self.users["U0SAM"] = user("U0SAM")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def refuse(self, method, error="", status=200, times=1, body=None, **headers):
        body = json.dumps({"ok": False, "error": error}) if body is None else body
        self.answers.setdefault(method, []).extend([(status, body, headers)] * times)

    def called(self, method):
        return [asked for name, asked in self.calls if name == method]

    def heard(self, method="chat.postEphemeral"):
        """Return the texts that somebody was told."""
        return [asked["text"] for asked in self.called(method)]

    def answer(self, method, asked):
        self.calls.append((method, asked))
        if self.answers.get(method):
            return self.answers[method].pop(0)
        told = getattr(self, method.replace(".", "_"), lambda asked: {})(asked)
        return 200, json.dumps({"ok": "error" not in told, **told}), {}

    def auth_test(self, asked):
        return {"team_id": HOME, "team": "Council"}

    def users_info(self, asked):
        found = self.users.get(asked["user"])
        return {"user": found} if found else {"error": "user_not_found"}

    def users_list(self, asked):
        return {"members": list(self.users.values())}

    def conversations_members(self, asked):
        return {"members": sorted(self.users)}

    def usergroups_users_list(self, asked):
        found = self.groups.get(asked["usergroup"])
        return {"users": found} if found is not None else {"error": "no_such_subteam"}

    def usergroups_list(self, asked):
        return {"usergroups": [{"id": each, "users": who} for each, who in self.groups.items()]}

    def conversations_info(self, asked):
        known = {"id": asked["channel"], "is_member": True, "is_private": True}
        return {"channel": known | self.channel}

    def chat_postMessage(self, asked):  # noqa: N802 - Slack's own name
        return {"channel": asked["channel"], "ts": f"1700000000.{len(self.calls):06}"}

    def chat_getPermalink(self, asked):  # noqa: N802 - Slack's own name
        return {"permalink": f"https://council.slack.com/archives/{asked['channel']}/p1"}

    def conversations_open(self, asked):
        return {"channel": {"id": f"D{asked['users'][1:]}"}}

    def files_getUploadURLExternal(self, asked):  # noqa: N802 - Slack's own name
        return {"upload_url": f"{self.url}upload", "file_id": "F0FILE"}

    def files_completeUploadExternal(self, asked):  # noqa: N802 - Slack's own name
        return {"files": [{"id": "F0FILE"}]}

    def conversations_history(self, asked):
        return {"messages": self.history, "response_metadata": {"next_cursor": ""}}

    def _handler(self):
        workspace = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path.endswith("/upload"):
                    workspace.uploaded, sent = sent, b""
                body = sent.decode()
                is_json = "json" in self.headers.get("Content-Type", "")
                asked = json.loads(body or "{}") if is_json else _form(body)
                status, told, headers = workspace.answer(self.path.rpartition("/")[2], asked)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(told.encode())))
                self.end_headers()
                self.wfile.write(told.encode())

            def log_message(self, *_said):
                """Say nothing."""

        return Handler


def _form(body):
    told = dict(parse_qsl(body))
    return {
        name: json.loads(value) if name in ("blocks", "view", "metadata") else value
        for name, value in told.items()
    }
