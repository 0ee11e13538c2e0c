"""What must be so at the end, whatever was killed: each sentence that comes back is a fault."""

import json
import time
from collections import Counter, defaultdict

import sqlalchemy as sa
import yaml

from ledger import audit
from ledger.database import connect
from ledger.tables import STALE, UNCONFIRMED, counts, findings, messages, posts
from ledger.tables import audit as log
from tests.kills.configuration import channels_of

_UNDER_WAY = ("approved", "running", "applied", "waiting")
_OVER = ("resolved", "compliant")
#: What is written into the allowlist once it is agreed.
_WRITTEN = ("except", "extend", "revoke")
#: How the text of a second message of one post begins, once it points to the first.
_POINTER = "This finding's card is"
_ALIKE = ("team", "rule", "account", "region", "state")


def unsettled(world):
    """Return how much is under way, out of date, in doubt, and in the queue: all 0 when settled."""
    engine = connect(world.database)

    def number(table, condition):
        return sa.select(sa.func.count()).select_from(table).where(condition)

    try:
        with engine.connect() as db:
            return (
                db.scalar(number(findings, findings.c.state.in_(_UNDER_WAY))),
                db.scalar(number(findings, STALE)),
                db.scalar(number(posts, UNCONFIRMED | posts.c.search_due.is_not(None))),
                world.waiting_messages(),
            )
    finally:
        engine.dispose()


def wait_until_settled(world, within, quiet=8.0):
    """Wait until nothing has been under way for *quiet* seconds, and nothing was given up on."""
    deadline, since = time.monotonic() + within, None
    while time.monotonic() < deadline:
        if any(unsettled(world)):
            since = None
        else:
            since = since or time.monotonic()
            if time.monotonic() - since > quiet and not world.redeliver():
                return
        time.sleep(1)


def faults(world):
    """Yield what is not as it must be."""
    engine = connect(world.database)
    try:
        with engine.connect() as db:
            found = {each.id: each for each in db.execute(sa.select(findings))}
            rows = db.execute(sa.select(log).order_by(log.c.seq)).all()
            if (broken := audit.first_broken_link(db)) is not None:
                yield f"the audit log is broken at {broken}"
            yield from _audit(found, rows)
            yield from _counts(db)
            yield from _cards(world, db, found)
    finally:
        engine.dispose()
    yield from _truth(world, found)
    yield from _starts(world, found, rows)
    yield from _exceptions(world, found, rows)
    if any(left := unsettled(world)):
        yield f"not settled: under way, out of date, in doubt, in the queue: {left}"


def _audit(found, rows):
    """Each row begins where the one before has ended, and the last one where the finding is."""
    last = {}
    for row in rows:
        if row.to_state and row.finding:
            if last.get(row.finding, row.from_state) != row.from_state:
                yield f"audit: {row.finding} was {last[row.finding]}, then {row.from_state}"
            last[row.finding] = row.to_state
    for each in found.values():
        if last.get(each.id, each.state) != each.state:
            yield f"audit: {each.id} is {each.state}, its last row says {last[each.id]}"
        if each.id not in last and each.state != "compliant":
            yield f"audit: {each.id} has no row"


def _counts(db):
    def numbers(table, number):
        columns = [table.c[name] for name in _ALIKE]
        grouped = db.execute(sa.select(*columns, number).group_by(*columns))
        return {tuple(row)[:-1]: row[-1] for row in grouped if row[-1]}

    kept = numbers(counts, sa.func.sum(counts.c.number))
    real = numbers(findings, sa.func.count())
    for key in kept.keys() | real.keys():
        if kept.get(key, 0) != real.get(key, 0):
            yield f"counts: {key} is {kept.get(key, 0)}, and there are {real.get(key, 0)}"


def _truth(world, found):
    """What AWS Config says now is what the findings say."""
    by_resource = {(each.rule, each.resource_id): each for each in found.values()}
    for rule, resource, compliance in world.results():
        finding = by_resource.get((rule, resource))
        is_broken = compliance == "NON_COMPLIANT"
        if finding is None:
            if is_broken:
                yield f"lost: {rule} of {resource} has no finding"
        elif is_broken == (finding.state in _OVER):
            yield f"lost: {finding.id} is {finding.state}, AWS says {compliance}"
    doubled = Counter((e.account, e.region, e.rule, e.resource_id) for e in found.values())
    yield from (f"doubled: {key} has {many} findings" for key, many in doubled.items() if many > 1)


def _starts(world, found, rows):
    """One start a decision; none only where the finding left approved another way."""
    by_resource = {(each.rule, each.resource_id): each.id for each in found.values()}
    begun = {"approved", "running"}
    decided = Counter(
        row.finding for row in rows if row.to_state == "approved" and row.from_state not in begun
    )
    left = Counter(
        row.finding
        for row in rows
        if row.from_state in begun and row.to_state not in {*begun, "applied", "waiting"}
    )
    starts = {by_resource.get(key, key): number for key, number in world.starts.items()}
    for finding in found.keys() | starts.keys():
        taken, wanted = starts.get(finding, 0), decided[finding]
        if not wanted - left[finding] <= taken <= wanted:
            yield f"starts: {finding} was decided {wanted} times, AWS took {taken}"


def _cards(world, db, found):
    """Each finding has one card in each channel of its team, which the ledger knows."""
    cards, live = _shown(world, found)
    known = sa.select(messages.c.finding, messages.c.channel, posts.c.message).join(
        posts, posts.c.id == messages.c.post
    )
    noted = defaultdict(set)
    for finding, channel, message in db.execute(known):
        noted[finding, channel.removeprefix("slack:")].add(message)
    for each in found.values():
        own = _channels(each)
        for place in own:
            number = len(cards[each.id, place])
            if number != 1 and not (number == 0 and each.state in _OVER):
                yield f"cards: {each.id} ({each.state}) has {number} in {place}"
        if elsewhere := {place for finding, place in live if finding == each.id} - {*own}:
            yield f"cards: {each.id} has live buttons in {elsewhere}"
    for finding, place in cards:
        # What says where the finding went, in the channel that had it, is nobody's card any more.
        is_left = not live[finding, place] and place not in _channels(found[finding])
        if not is_left and not cards[finding, place] <= noted[finding, place]:
            yield f"cards: the ledger does not know {finding}'s in {place}"


def _channels(finding):
    return channels_of(int(finding.team.removeprefix("team-")))


def _shown(world, found):
    """Return the messages that show a finding, and those with a button about it, by channel."""
    cards, live = defaultdict(set), defaultdict(set)
    for place, message in world.messages():
        if message["text"].startswith(_POINTER):
            continue
        pressed = set(_pressed(message))
        metadata = json.dumps(message["metadata"] or {})
        named = {finding for finding in found if f'"{finding}"' in metadata}
        for finding in pressed:
            live[finding, place].add(message["ts"])
        for finding in pressed | named:
            cards[finding, place].add(message["ts"])
    return cards, live


def _pressed(message):
    """Yield the findings that the message has buttons about."""
    for block in message.get("blocks") or ():
        for element in block.get("elements") or ():
            if isinstance(element, dict) and str(element.get("value", "")).startswith("F-"):
                yield element["value"].split()[0]


def _exceptions(world, found, rows):
    """Each entry was asked for, stands once, and is in force; what is agreed was carried out."""
    entries = yaml.safe_load((world.config / "allowlist.yaml").read_text())["exceptions"]
    number = Counter((entry["rule"], entry["resource"]) for entry in entries)
    asked = {row.finding for row in rows if row.action == "ignore"}
    by_resource = {(each.rule, each.resource_id): each.id for each in found.values()}
    for key, many in number.items():
        if many > 1:
            yield f"exceptions: {many} entries for {key}"
        if by_resource.get(key) not in asked:
            yield f"exceptions: no row says who asked for {key}"
    last = {row.finding: row.action for row in rows if row.action in ("excepted", "revoked")}
    for each in found.values():
        is_there = number[each.rule, each.resource_id]
        if last.get(each.id) == "revoked" and is_there:
            yield f"exceptions: {each.id} was revoked and still has an entry"
        if each.state == "excepted" and not is_there:
            yield f"exceptions: {each.id} is excepted and has no entry"
        if any(map(_is_left, json.loads(each.requests or "[]"))):
            yield f"exceptions: {each.id} is agreed and not carried out"


def _is_left(request):
    return request["verb"] in _WRITTEN and len(request["agreed"]) >= request["needed"]
