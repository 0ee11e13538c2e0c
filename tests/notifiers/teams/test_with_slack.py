"""One finding in Slack and in Teams at once: one message in each, and one decision."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from commands.reception import Reception
from compliance.channel import Channel
from compliance.finding import State
from compliance.people import People, Somebody
from compliance.routing import Team, Teams
from notifiers import web
from notifiers.products import Products
from notifiers.slack.chat import Slack
from playground.slack import server as local_slack
from playground.slack.acting import Where
from playground.slack.blocks import placed
from tests.builders import ID, PAIRED_RULE, change, short_ids
from tests.notifiers.teams.conftest import HANNAH, HENRY, HOUSING, now

MANIFEST = Path(__file__).parents[3] / "config/slack-manifest.yaml"
IN_SLACK, HANNAH_IN_SLACK, HARRY = "C0HOUSING", "U0HANNAH", "U0HARRY"
PAIRED = short_ids(change(rule=PAIRED_RULE).key)[0]


@pytest.fixture
def teams_yaml():
    """Housing reads in both; Hannah is tied, Harry of Slack and Henry of Teams are not."""
    channels = Channel("slack", IN_SLACK), Channel("teams", HOUSING)
    hannah = frozenset({f"slack:{HANNAH_IN_SLACK}", f"teams:{HANNAH}"})
    users = hannah | {f"slack:{HARRY}", f"teams:{HENRY}"}
    team = Team("housing", channels, users, frozenset(), (), outsiders=True)
    return Teams((team,), "housing", people=People((Somebody("Hannah Osei", hannah),)))


@pytest.fixture
def workspace():
    workspace = local_slack.start(MANIFEST, port=0, strict=False)
    yield workspace
    workspace.stop()


@pytest.fixture
def products(workspace, microsoft, teams_yaml):
    """Slack and Teams, as the bot has them both."""
    known = workspace.environment()
    tokens = known["SLACK_BOT_TOKEN"], known["SLACK_APP_TOKEN"], "", known["SLACK_API_URL"]
    return Products(Slack(*tokens, teams_yaml, now), microsoft)


@pytest.fixture
def chats(products):
    return products.chats


@pytest.fixture
def reception(context, reports, products):
    return Reception(context, reports, {}, products.person)


@pytest.fixture
def bot(products, reception, outbox, app_url, workspace, microsoft, eventually):
    stop = threading.Event()
    routes = products.listen(reception, stop, outbox)
    port = int(app_url.rpartition(":")[2])
    with web.serving(web.application(routes, {}, CollectorRegistry()), "127.0.0.1", port):
        eventually(lambda: microsoft.chat._rooms.one(HOUSING) and len(workspace.sockets))
        yield microsoft
        stop.set()


@pytest.fixture
def shown(show, context, local, workspace):
    """Record a finding, and return its messages in Slack and in Teams."""

    def shown(recorded):
        context.ledger.record([recorded])

        def both():
            in_slack = workspace.workspace.everything(IN_SLACK)
            in_teams = local.tenant.in_channel(HOUSING)
            return (in_slack[0], in_teams[0]) if in_slack and in_teams else None

        return show(both)

    return shown


@pytest.fixture
def in_slack(workspace):
    """Press a button in Slack, and send the form that opens."""

    def press(user, message, action):
        [button] = [each for each in placed(message.blocks) if each.key[1] == action]
        where = Where(*button.key, channel=message.channel, ts=message.ts)
        workspace.do(workspace.acting.use(user, where, ()))
        view = workspace.wait_for(lambda: workspace.workspace.top_view(user))
        return lambda: workspace.do(workspace.acting.submit(user, view.id, {}))

    return press


def test_a_press_in_each_product_at_the_same_moment_is_one_decision(
    bot, shown, in_slack, client, context, reports, show, local, workspace, read, eventually
):
    message, _ = shown(change())
    submit = in_slack(HARRY, message, "remediate")
    henry = client(HENRY)
    henry.look()
    together = threading.Barrier(2)

    def at_once(act):
        together.wait(10)
        act()

    with ThreadPoolExecutor(2) as people:
        pressing = lambda: henry.press("Remediate", after="Remediate")  # noqa: E731
        list(people.map(at_once, [submit, pressing]))

    eventually(lambda: context.ledger.find(ID).state is State.APPROVED)
    assert [row["action"] for row in reports.history(ID)].count("remediate") == 1
    show(lambda: "Approved" in str(workspace.workspace.message(IN_SLACK, message.ts).blocks)
         and "Approved" in read(local.tenant.in_channel(HOUSING)[0].card))  # fmt: skip


@pytest.mark.parametrize(
    ("asker", "agreeing", "said"),
    [
        (HANNAH_IN_SLACK, HENRY, ""),
        (HANNAH_IN_SLACK, HANNAH, "You asked for the remediation"),
        (HARRY, HENRY, "people.yaml does not say that you are two people"),
    ],
    ids=["two people", "one person, tied", "two ids of different products, untied"],
)
def test_what_is_asked_for_in_slack_is_agreed_to_in_teams_by_a_provably_other_person(
    bot, shown, in_slack, client, context, read, eventually, asker, agreeing, said
):
    message, _ = shown(change(rule=PAIRED_RULE))
    in_slack(asker, message, "remediate")()
    eventually(lambda: context.ledger.find(PAIRED).state is State.APPROVAL_PENDING)
    person = client(agreeing)

    person.press("Decide…")
    person.press("Agree", after="" if said else "Agree")

    assert said in read(person.card())
    expected = State.APPROVAL_PENDING if said else State.APPROVED
    assert context.ledger.find(PAIRED).state is expected
