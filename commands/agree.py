"""Agree: second somebody's request for a remediation; and withdraw, to take it back."""

from functools import partial

import compliance.finding as life
from commands.answers import Answer, Done, Refused
from commands.desk import Desk, too_late
from compliance.authority import Actor, Verdict, may_agree
from compliance.finding import Finding, IllegalMoveError, State
from ledger.store import Decision


def agree(desk: Desk, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor*, who is not the asker, agrees to the remediation."""

    def verdict(actor: Actor, finding: Finding) -> Verdict:
        return may_agree(actor, finding.actor, desk.team(finding), desk.teams)

    finding = desk.admit(finding_id, actor, "agree", verdict)
    if isinstance(finding, Refused):
        return finding
    if finding.state is State.APPROVAL_PENDING and actor.id in finding.agreed:
        return Done("You agreed already. Somebody else has to agree as well.")
    try:
        after = desk.ledger.move(
            finding.id,
            partial(life.agree, actor=actor.id, now=desk.now()),
            actor=actor.id,
            action="agree",
            decision=Decision("agree", actor.id),
        )
    except IllegalMoveError as error:
        return too_late(error)
    if after.state is State.APPROVED:
        return Done("Agreed. The remediation is about to start.")
    return Done(f"Agreed: {len(after.agreed)} of {after.needed}.")


def withdraw(desk: Desk, finding_id: str, actor: Actor) -> Answer:
    """Take back a request that has not started; any approver of the team may."""
    finding = desk.admit(finding_id, actor, "withdraw")
    if isinstance(finding, Refused):
        return finding
    note = "The request for a remediation was withdrawn. Nobody has decided again yet."
    try:
        desk.ledger.move(
            finding.id,
            partial(life.withdraw, now=desk.now(), note=note),
            actor=actor.id,
            action="withdraw",
            decision=Decision("withdraw", actor.id),
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Done("Withdrawn. Nothing was started.")
