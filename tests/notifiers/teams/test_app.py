"""Who is let in at ``POST /api/messages``: Microsoft, for this bot and its own tenant."""

import json
import time
import urllib.error
import urllib.request
from copy import deepcopy

import jwt
import pytest

from compliance.finding import State
from playground.teams.faults import Fault
from tests.builders import ID, PAYMENTS, change, short_ids
from tests.notifiers.teams.conftest import HANNAH, HENRY, HOUSING, MAYA


@pytest.fixture
def press(local):
    """A press of Decide on housing's card, as Teams sends it."""
    tenant = local.tenant
    person = tenant.people[HANNAH]
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "id": "f:1",
        "channelId": "msteams",
        "serviceUrl": f"{local.url}/teams/",
        "from": {"id": person.mri, "name": person.name, "aadObjectId": person.id},
        "recipient": {"id": tenant.app.bot, "name": tenant.app.name},
        "conversation": {"id": HOUSING, "tenantId": tenant.id, "conversationType": "channel"},
        "channelData": {"tenant": {"id": tenant.id}, "channel": {"id": HOUSING}},
        "value": {"action": {"verb": "refresh", "data": {"value": ID}}, "trigger": "manual"},
    }


@pytest.fixture
def send(app_url, local):
    """Send an activity, signed as Teams does unless *token* is given; return what came of it."""

    def send(activity, token=None, body=None):
        signed = local.identity.sign(f"{local.url}/teams/") if token is None else token
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {signed}"} if signed else {}
        data = json.dumps(activity).encode() if body is None else body
        request = urllib.request.Request(f"{app_url}/api/messages", data, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, None

    return send


def changed(activity, **values):
    return {**deepcopy(activity), **values}


def test_what_teams_signed_is_answered(bot, press, send):
    status, answer = send(press)

    assert (status, answer["type"]) == (200, "application/vnd.microsoft.card.adaptive")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://sts.windows.net/x/"},
        {"aud": "another-app"},
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"serviceurl": "https://evil.example/"},
        {"serviceurl": None},
    ],
    ids=["issuer", "audience", "expired", "not yet", "service URL", "no service URL"],
)
def test_a_token_for_something_else_is_refused_and_whom_it_names_is_audited(
    bot, press, send, local, reports, claims
):
    status, _ = send(press, local.identity.sign(f"{local.url}/teams/", **claims))

    assert status == 401
    assert [row["actor"] for row in reports.history("")] == [f"teams:{HANNAH}"]


def test_a_flood_of_forged_tokens_is_refused_and_cannot_fill_the_audit_log(
    bot, press, send, local, reports
):
    forged = local.identity.sign(f"{local.url}/teams/", aud="another-app")

    def naming(number):
        sender = {"id": "29:1", "aadObjectId": f"5a1d0000-0000-4000-9000-{number:012d}"}
        return send(changed(press, **{"from": sender}), forged)[0]

    of_one = [naming(0) for _ in range(15)]
    of_many = [naming(number) for number in range(1, 120)]

    assert set(of_one + of_many) == {401}
    assert len(reports.history("")) == 100


def test_a_forged_or_missing_token_is_refused(bot, press, send, local):
    claims = {"iss": "https://api.botframework.com", "aud": local.tenant.app.id,
              "serviceurl": f"{local.url}/teams/", "exp": int(time.time()) + 600}  # fmt: skip
    unsigned = jwt.encode(claims, None, algorithm="none")
    by_secret = jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": local.identity.kid})

    assert [send(press, token)[0] for token in ("", "x", "a.b.c", unsigned, by_secret)] == [401] * 5


def test_another_tenant_is_refused_though_microsoft_signed(bot, press, send):
    elsewhere = "11111111-2222-4333-8444-555555555555"
    data = {**press["channelData"], "tenant": {"id": elsewhere}}

    assert send(changed(press, channelData=data))[0] == 401
    assert send(changed(press, channelData={}, conversation={"id": HOUSING}))[0] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 400), (b"", 400), (b"x" * (300 * 1024), 413), (b"[" * 100_000, 400)],
    ids=["no JSON", "no object", "nothing", "too large", "nested without end"],
)  # fmt: skip
def test_what_is_no_activity_is_refused(bot, send, body, status):
    assert send(None, body=body)[0] == status


def test_a_megabyte_ends_before_it_is_read(bot, send):
    assert send(None, body=b"x" * (1024 * 1024 + 1))[0] == 413


@pytest.mark.parametrize(
    "values",
    [
        {"type": "somethingNew"},
        {"type": "typing", "from": None},
        {"type": "message", "text": None, "from": None},
        {"type": "conversationUpdate", "membersAdded": []},
    ],
    ids=["an unknown type", "nobody types", "nobody writes", "nothing happens"],
)
def test_what_says_nothing_to_the_bot_is_taken(bot, press, send, values):
    assert send(changed(press, **values))[0] in (200, 202)


@pytest.mark.parametrize(
    "values",
    [{"type": 7}, {"from": "Hannah"}, {"conversation": []}, {"type": None}],
    ids=["a number for a type", "a name for somebody", "a list for a place", "no type"],
)
def test_what_has_other_types_than_teams_sends_is_refused(bot, press, send, values):
    assert send(changed(press, **values))[0] == 400


def test_a_press_without_a_person_is_answered_and_changes_nothing(bot, card, press, send, context):
    status, answer = send(changed(press, **{"from": None}))

    assert (status, answer["statusCode"]) == (200, 401)
    assert context.ledger.find(ID).state is State.OPEN


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"verb": 7, "data": {"value": ID}},
        {"verb": "remediate", "data": {"value": 7}},
        {"verb": "remediate", "data": []},
        {"verb": "nonsense", "data": {"value": ID}},
        {"verb": "remediate", "data": {"value": ""}},
        {"verb": "submit", "data": {"origin": "{", "form": "0"}},
        {"verb": "submit", "data": {"form": "0"}},
        {"verb": "submit", "data": {"origin": ["a"], "form": "0"}},
    ],
    ids=["nothing", "verb", "value", "data", "unknown", "empty", "origin", "no origin", "list"],
)
def test_a_press_that_is_not_one_of_ours_says_so(bot, card, press, send, context, action):
    status, answer = send(changed(press, value={"action": action}))

    assert status == 200
    assert "Nothing was changed" in json.dumps(answer)
    assert context.ledger.find(ID).state is State.OPEN


def submission(hannah, press, **entered):
    """Return the activity with which Hannah sends the form of Ignore."""
    action = next(
        each["card"]["body"][-1]["actions"][0]
        for each, _ in hannah._actions(None)
        if each["title"] == "Ignore"
    )
    number = action["data"]["form"]
    given = {f"{number}.{name}": value for name, value in entered.items()}
    return changed(press, value={"action": {"verb": "submit", "data": {**action["data"], **given}}})


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({}, "Say why in at least"),
        ({"exception_class": 7, "reason": ["x"], "expires": None}, "Choose what kind"),
        ({"reason": "x" * 5000}, "At most"),
        ({"expires": "2031-01-01"}, "can last until"),
        ({"expires": "the end of days"}, "Choose the day"),
    ],
    ids=["missing", "wrong types", "too long", "too late", "no day"],
)
def test_a_form_says_what_is_wrong_with_it(bot, card, hannah, press, send, context, entered, said):
    hannah.look()

    _, answer = send(submission(hannah, press, **entered))

    assert said in json.dumps(answer)
    assert context.ledger.find(ID).state is State.OPEN


def test_the_same_press_twice_is_decided_once_and_answered_alike(
    bot, card, hannah, press, send, reports
):
    hannah.look()
    entered = {"exception_class": "accepted risk", "expires": "2026-12-01",
               "reason": "The public website's pictures."}  # fmt: skip
    once = submission(hannah, press, **entered)

    answers = [send(once), send(once)]

    assert answers[0] == answers[1]
    assert len([row for row in reports.history(ID) if row["action"] == "ignore"]) == 1


def test_a_press_from_another_channel_tells_nothing_to_who_may_not_see_the_finding(
    bot, card, press, send, local, read
):
    maya = local.tenant.people[MAYA]
    sender = {"id": maya.mri, "name": maya.name, "aadObjectId": maya.id}
    elsewhere = {**press["conversation"], "id": "19:website-compliance@thread.tacv2"}

    _, answer = send(changed(press, **{"from": sender, "conversation": elsewhere}))

    assert "repairs-photos" not in json.dumps(answer)


@pytest.mark.parametrize("verb", ["refresh", "details", "history", "remediate", "ignore", "claim"])
def test_a_press_about_another_teams_finding_tells_nothing_and_leaves_the_card(
    bot, card, press, send, local, context, show, read, verb
):
    elsewhere = change(account=PAYMENTS, resource="payroll-secrets")
    hidden, *_ = short_ids(elsewhere.key)
    context.ledger.record([elsewhere])
    henry = local.tenant.people[HENRY]
    forged = {"action": {"verb": verb, "data": {"value": hidden}}, "trigger": "manual"}
    sender = {"id": henry.mri, "name": henry.name, "aadObjectId": henry.id}

    _, answer = send(changed(press, value=forged, replyToId=card.id, **{"from": sender}))

    assert "payroll" not in json.dumps(answer)
    assert context.ledger.find(hidden).state is State.OPEN
    before = len(local.tenant.calls)
    context.ledger.record([change(minute=9, resource="another-bucket")])
    show(lambda: len(local.tenant.calls) > before)
    assert "payroll" not in json.dumps([each.activity for each in local.tenant.messages.values()])
    assert "repairs-photos" in read(card.card)


def test_while_graph_is_down_nobody_may_decide_and_they_are_told(
    bot, card, client, local, read, context
):
    local.faults.set([Fault("/graph/v1.0/users/", 503, times=0)])
    henry = client(HENRY)

    henry.press("Decide…")

    assert "did not confirm who you are" in read(henry.card())
    assert context.ledger.find(ID).state is State.OPEN
