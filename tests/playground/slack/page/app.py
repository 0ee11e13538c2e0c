"""A small Bolt app, as the page meets one: it opens modals, answers privately, updates cards."""

import time

from slack_bolt import App

#: Longer than Slack waits for an acknowledgement.
_TOO_LONG = 3.4


def plain(text):
    return {"type": "plain_text", "text": text}


def mrkdwn(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(text, action_id, **facts):
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "F-1", **facts}


def text_input(name, label, **facts):
    element = {"type": "plain_text_input", "action_id": "input", **facts}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}


CONFIRM = {
    "title": plain("Withdraw the request"),
    "text": plain("Nobody will be asked any more."),
    "confirm": plain("Withdraw it"),
    "deny": plain("Keep it"),
}
CARD = [
    {"type": "header", "text": plain("S3 bucket can be made public")},
    mrkdwn("*High severity*\nAnybody on the internet could read `repairs-photos`."),
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("Remediate", "remediate", style="primary"),
            button("Ignore", "ignore"),
            button("Withdraw", "withdraw", confirm=CONFIRM),
            button("Too slow", "too_slow"),
        ],
    },
]
FORM = {
    "type": "modal",
    "callback_id": "ignore-form",
    "title": plain("Ignore"),
    "submit": plain("Record"),
    "close": plain("Cancel"),
    "blocks": [
        text_input("reason", "Why is this acceptable?", multiline=True, min_length=20),
        {**text_input("ticket", "Ticket"), "optional": True},
    ],
}


def bolt_app(client):
    """Return the app; what it heard is in its ``heard``."""
    app = App(client=client, token_verification_enabled=False)
    app.heard = []
    _answer_buttons(app)
    _answer_forms(app)
    app.command("/compliance")(_compliance)
    app.event("app_home_opened")(_home)
    return app


def _answer_buttons(app):
    @app.action("remediate")
    def remediate(ack, body, client):
        ack()
        app.heard.append(("remediate", body["user"]["id"]))
        done = [*CARD[:2], mrkdwn("*Running* since a moment ago")]
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text="Running", blocks=done
        )

    @app.action("check")
    def check(ack):
        ack()

    @app.action("withdraw")
    def withdraw(ack, body, respond):
        ack()
        app.heard.append(("withdraw", body["user"]["id"]))
        respond("Withdrawn, and only you are told.")

    @app.action("too_slow")
    def too_slow(ack):
        time.sleep(_TOO_LONG)
        ack()


def _answer_forms(app):
    @app.action("ignore")
    def ignore(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("look_up")
    def look_up(ack, shortcut, client):
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view={**FORM, "title": plain("Find")})

    @app.view("ignore-form")
    def recorded(ack, view):
        reason = view["state"]["values"]["reason"]["input"]["value"]
        if "because" not in reason:
            ack(response_action="errors", errors={"reason": "Say because of what."})
            return
        ack()
        app.heard.append(("recorded", reason))


def _compliance(ack, command):
    ack(f"Nothing is wrong with {command['text']}.")


def _home(event, client):
    blocks = [{"type": "header", "text": plain("Your open work")}, mrkdwn("2 findings")]
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})
