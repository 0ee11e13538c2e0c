"""What every decision needs to know: who owns the finding, what the rule says, what is excepted."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

from commands.answers import Refused
from compliance.accounts import Account
from compliance.allowlist import Allowlist, Entry
from compliance.attention import Waiting, waiting_for
from compliance.authority import Actor, Verdict, may_ask, may_decide, who_can
from compliance.finding import Finding, IllegalMoveError, State
from compliance.hours import Patience
from compliance.known_rules import KnownRules
from compliance.policy import AnyRule, rule_of
from compliance.routing import Team, Teams
from compliance.rules import Catalogue
from ledger.errors import UnknownFindingError
from ledger.store import Ledger

NOT_FOUND = (
    "{id} is not a finding that you can see. Type /compliance findings to list those of your teams."
)


class Keeper(Protocol):
    """The allowlist, as far as decisions need it."""

    @property
    def current(self) -> Allowlist:
        """What is in force; without any input or output."""

    def add(self, entries: Sequence[Entry], author: str, reason: str) -> None:
        """Write *entries*; raises UnwritableAllowlistError, and then nothing was changed."""

    def replace(self, old: Entry, new: Entry, author: str, reason: str) -> None:
        """Put *new* where *old* is; raises UnwritableAllowlistError."""

    def remove(self, entry: Entry, author: str, reason: str) -> None:
        """Take *entry* out; raises UnwritableAllowlistError."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a decision is made from: the ledger, the configuration, what AWS says of rules.

    Without *known_rules*, AWS has said nothing of any rule. *accounts* are those that have a name.
    """

    ledger: Ledger
    catalogue: Catalogue
    teams: Teams
    allowlist: Keeper
    now: Callable[[], datetime]
    known_rules: KnownRules = field(default_factory=partial(KnownRules, MappingProxyType({})))
    accounts: Mapping[str, Account] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)

    def rule(self, finding: Finding) -> AnyRule:
        """Return the rule that the finding is decided under: the catalogue's, or one that AWS has.

        There always is one, so that every finding can be decided about in the same way.
        """
        return rule_of(finding, self.catalogue, self.known_rules)

    def waiting(self, finding: Finding) -> Waiting | None:
        """Return who has to act on the finding, None where nobody has."""
        return waiting_for(finding, self.team(finding), self.teams, self.patience.lifetime)

    def team(self, finding: Finding) -> Team:
        return self.teams[finding.team]

    def admit(
        self,
        finding_id: str,
        actor: Actor,
        action: str,
        verdict: Callable[[Actor, Finding], Verdict] | None = None,
        barred: Callable[[Finding], Collection[str]] = lambda finding: (),
    ) -> Finding | Refused:
        """Return the finding if *actor* may decide about it; a refusal leaves an audit row.

        It names those who could, without those whom the decision has *barred*.
        """
        try:
            finding = self.ledger.find(finding_id)
        except UnknownFindingError:
            return Refused(NOT_FOUND.format(id=finding_id))
        ruling = (verdict or self._may_decide)(actor, finding)
        if ruling.allowed:
            return finding
        self.ledger.refuse(finding.id, actor.id, action, ruling.reason, seen(actor))
        return self._refused(finding, ruling, barred(finding))

    def refuse_question(self, actor: Actor, finding_id: str, action: str) -> Refused | None:
        """Return why *actor* gets no answer, None where they may ask; it leaves an audit row."""
        ruling = may_ask(actor)
        if ruling.allowed:
            return None
        self.ledger.refuse(finding_id, actor.id, action, ruling.reason, seen(actor))
        return Refused(ruling.reason)

    def _refused(self, finding: Finding, ruling: Verdict, barred: Collection[str]) -> Refused:
        team = self.team(finding)
        users, groups = who_can(None if ruling.of_all_teams else team, self.teams, barred)
        text = f"{ruling.reason} Nothing was changed."
        if not users and not groups:
            text += f" Add approvers in teams.yaml: team {team.name} does not have another one."
        return Refused(text, users, groups, about=finding.id)

    def _may_decide(self, actor: Actor, finding: Finding) -> Verdict:
        return may_decide(actor, self.team(finding), self.teams)


def seen(actor: Actor) -> Mapping[str, Any]:
    """Return what the audit log keeps of *actor*: who chat said they were at this moment."""
    groups = sorted(actor.groups)
    return {
        "person": {"name": actor.name, "standing": actor.standing.value, "groups": groups},
    }


def too_late(error: IllegalMoveError) -> Refused:
    """Return what has happened meanwhile, for a person who pressed after somebody else."""
    finding = error.finding
    text = _MEANWHILE.get(finding.state, f"The finding is {finding.state}.")
    asked = next((each for each in finding.requests if each.verb == error.move), None)
    if asked:
        text = f"The {asked.verb.noun} was asked for already and waits for agreement."
    decided_by = tuple(filter(None, finding.decided.deciders)) if finding.decided else ()
    text = f"{text} Nothing was changed by this press."
    return Refused(text, decided_by=decided_by, about=finding.id)


_MEANWHILE = {
    State.APPROVAL_PENDING: "A request waits for agreement already.",
    State.APPROVED: "The remediation was approved already and is about to start.",
    State.RUNNING: "The remediation is running already.",
    State.APPLIED: "The remediation has just been applied.",
    State.WAITING: "The remediation was applied and waits for AWS Config to evaluate it.",
    State.RESOLVED: "The finding is resolved already.",
    State.EXCEPTED: "The finding is excepted.",
}
