"""What the bot says, in plain words, for terminals, screen readers and chat's fallbacks. Pure."""

from commands.answers import (
    Answer,
    Details,
    Digest,
    Done,
    Event,
    Explained,
    Export,
    History,
    Invalid,
    Listing,
    Offer,
    OpenWork,
    Refused,
    Shown,
    StatusReport,
    Table,
    Work,
)
from commands.forms import Choice, Field, Form, Passage, Several
from compliance.card import Card, Departed
from compliance.facts import Fact, FactKind
from compliance.group import Content, GroupCard, by_place, how_many
from compliance.prose import (
    Copied,
    Person,
    Piece,
    Prose,
    Strong,
    any_of,
    day,
    joined,
    moment,
    people,
)
from compliance.rules import Severity
from notifiers.lines import line, listed

DEPARTED = "This finding is now with another team."
DIGEST = "Weekly compliance digest"
ASKED_OF_TDA = "Asked of the TDA"
LAPSING = "Exceptions that end within 30 days"
OLDEST = "Oldest unresolved findings"
_SHAPES = {
    Severity.CRITICAL: "🛑",
    Severity.HIGH: "🔶",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔹",
    None: "⚪",
}
_OVER = "✅"
#: How many findings of a group are named in words.
_NAMED_MAX = 5
NOTHING_TO_DECIDE = (
    "Type /compliance status in a team's channel to see its findings; /compliance help lists what "
    "else you can ask. You are not an approver of a team, so nothing waits for you."
)


def content(shown: Content) -> Prose:
    """Return what a message in a team's channel shows."""
    match shown:
        case Card():
            return card(shown)
        case GroupCard():
            return (group(shown),)
        case Departed():
            return (DEPARTED,)


def answer(given: Answer) -> Prose:
    match given:
        case Done() | Refused() | Explained():
            return outcome(given)
        case Shown():
            return card(given.card)
        case History():
            return history(given)
        case Details():
            return (details(given.card),)
        case Invalid():
            return (" ".join(given.problems.values()),)
        case Form():
            return (form(given),)
    return (_report(given),)


def _report(given: Table | StatusReport | Digest | Listing | OpenWork | Offer | Export) -> str:
    match given:
        case Offer():
            return given.text
        case Export():
            return f"{given.text}\n{given.content}"
        case Table():
            return table(given)
        case StatusReport():
            return status(given)
        case Digest():
            return digest(given)
        case Listing():
            lines = (f"{listed(each)}" for each in given.lines)
            return "\n".join(filter(None, [given.title, given.intro, *lines]))
        case OpenWork():
            return "\n".join([open_work(given), *map(_work, given.work)])


def outcome(given: Done | Refused | Explained) -> Prose:
    """Return what came of a decision, with the people it names."""
    text: Prose = (given.text,) if given.text else ()
    match given:
        case Explained(_, users, groups):
            return joined(" ", [text, any_of(users, groups)])
        case Refused(_, users, groups, decided_by, about):
            about_it: Prose = (Copied(about), ": ") if about else ()
            decided = ("Decided by ", *people(decided_by), ".") if decided_by else ()
            others = ("Ask one of: ", *any_of(users, groups), ".") if users or groups else ()
            return (*about_it, *joined(" ", [text, decided, others]))
    return text


def headline(shown: Card | GroupCard) -> str:
    """Return the headline behind a shape that is told apart by its form as by its colour."""
    is_over = isinstance(shown, Card) and shown.is_over
    return f"{_OVER if is_over else _SHAPES[shown.severity]} {shown.headline}"


def card(shown: Card) -> Prose:
    """Return what a card shows at a glance, in one paragraph."""
    where = ", ".join(fact.text for fact in shown.facts)
    about = f"{shown.headline}. Finding {shown.finding_id}: {where}."
    return joined(" ", [(about,), shown.line, steps(shown), danger(shown)])


def steps(shown: Card) -> Prose:
    """Return the steps of a remediation that runs, each with how far it is."""
    return joined(", ", [(f"{each.name}: {each.stage}",) for each in shown.steps])


def danger(shown: Card | GroupCard) -> Prose:
    return (Strong(f"{FactKind.DANGER}:"), f" {shown.danger}") if shown.danger else ()


def details(shown: Card) -> str:
    """Return what is folded on a card, a line for each part."""
    parts = (
        f"{part.title}: {', '.join(map(fact, part.facts)) or part.text}" for part in shown.folded
    )
    return "\n".join([f"{shown.headline}. Finding {shown.finding_id}.", *parts])


def group(shown: GroupCard) -> str:
    states = ", ".join(f"{number} {state}" for state, number in shown.states)
    accounts = ", ".join(f"{number} {where}" for where, number in by_place(shown))
    named = ", ".join(f"{row.finding_id} {row.resource}" for row in shown.rows[:_NAMED_MAX])
    return (
        f"{shown.title}: {how_many(shown.number)}, {severity(shown.severity)}. Status: {states}. "
        f"Accounts: {accounts}. Among them: {named}."
    )


def form(shown: Form) -> str:
    """Return what a form says and asks, a line for each part."""
    return "\n".join(
        [
            f"{shown.title}:",
            *filter(None, map(_passage, shown.intro)),
            *map(_field, shown.fields),
        ]
    )


def _passage(shown: Passage) -> str:
    head = ", ".join(filter(None, [shown.heading, *shown.copied]))
    facts = map(fact, shown.facts)
    return "\n".join(filter(None, [head, shown.text, *facts]))


def _field(asked: Field) -> str:
    listed = asked.options if isinstance(asked, Choice | Several) else ()
    options = " / ".join(each.label for each in listed)
    return " ".join(filter(None, [f"[{asked.label}]", options, asked.hint]))


def fact(known: Fact) -> str:
    return f"{known.kind}: {known.text}"


def table(shown: Table) -> str:
    """Return a table, a line for each row."""
    head = f"{shown.title}: {shown.intro}" if shown.intro else f"{shown.title}:"
    rows = (", ".join([row[0], *_labelled(shown, row)]) for row in shown.rows)
    return "\n".join(filter(None, [head, *rows, shown.closing]))


def status(report: StatusReport) -> str:
    title = f"{report.heading}: {sums(report)} {report.note}".strip()
    oldest = [f"{OLDEST}:", *map(listed, report.oldest)] if report.oldest else []
    tables = map(table, report.tables) if report.total else ()
    return "\n".join([title, *tables, *oldest])


def sums(report: StatusReport) -> str:
    """Say how many findings there are; the stages do not overlap and add up to the first number."""
    if not report.total:
        return "No open findings."
    stages = ", ".join(f"{number} {stage}" for stage, number in report.sums)
    return f"{how_many(report.total)}: {stages}."


def history(shown: History) -> Prose:
    head: Prose = (f"{shown.title}: {shown.about}",)
    return joined("\n", [head, *map(event, shown.events)])


def event(shown: Event) -> Prose:
    """Return one line: when, who, what they did, what they wrote, and how it stood after that."""
    who: Piece = Person(shown.actor, shown.name) if ":" in shown.actor else shown.name
    wrote = f": {shown.wrote}" if shown.wrote else "."
    states = f"  {shown.before} → {shown.after}" if shown.before else ""
    if shown.after and not shown.before:
        states = f"  → {shown.after}"
    return (Strong(moment(shown.at)), " ", who, f" {shown.did}{wrote}{states}")


def digest(report: Digest) -> str:
    """Return the whole digest, as a terminal shows it."""
    lines = [
        f"{DIGEST}. {week(report)}",
        share(report),
        ", ".join(f"{name} {number}" for name, number in report.headline),
        *(table(each) for each in report.tables if each.rows),
        *([f"{LAPSING}:", *map(line, report.lapsing)] if report.lapsing else []),
        *([f"{ASKED_OF_TDA}: {reviews(report)}"] if report.reviews_due else []),
    ]
    return "\n".join(lines)


def share(report: Digest) -> str:
    percent = "no data yet" if report.share is None else f"{report.share:.1%} compliant"
    return f"{percent}, {report.unresolved} findings open."


def week(report: Digest) -> str:
    return f"From {day(report.since)} to {day(report.until)}."


def reviews(report: Digest) -> str:
    return f"Review these rules: {', '.join(report.reviews_due)}"


def open_work(work: OpenWork) -> str:
    """Say for which teams somebody decides, and whether anything waits for them."""
    if not work.teams:
        return NOTHING_TO_DECIDE
    teams = ", ".join(work.teams)
    return f"You decide for {teams}." if work.work else f"Nothing waits for you in {teams}."


def _work(work: Work) -> str:
    lines = (listed(each) for each, _ in work.lines)
    return "\n".join([f"{work.title} ({work.number}):", *lines])


def severity(of: Severity | None) -> str:
    return f"{of} severity" if of else "not rated"


def _labelled(shown: Table, row: tuple[str, ...]) -> list[str]:
    return [f"{name} {cell}" for name, cell in zip(shown.headings[1:], row[1:], strict=True)]
