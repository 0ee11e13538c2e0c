"""Agree: second somebody's request for a remediation; and withdraw, to take it back."""

from functools import partial

import compliance.finding as life
from commands.answers import Answer, Done, Refused
from commands.desk import Desk, too_late
from compliance.authority import Actor, Verdict, may_agree
from compliance.finding import Finding, IllegalMoveError, State
from compliance.request import Verb
from ledger.store import Decision


def agree(desk: Desk, finding_id: str, actor: Actor) -> Answer:
    """Record that *actor*, who is not the asker, agrees to the remediation."""

    def verdict(actor: Actor, finding: Finding) -> Verdict:
        asked = finding.request(Verb.REMEDIATE)
        return may_agree(actor, asked.actor if asked else "", desk.team(finding), desk.teams)

    finding = desk.admit(finding_id, actor, "agree", verdict)
    if isinstance(finding, Refused):
        return finding
    asked = finding.request(Verb.REMEDIATE)
    if asked and actor.id in asked.agreed:
        return Done("You agreed already. Somebody else has to agree as well.")
    try:
        after = desk.ledger.move(
            finding.id,
            partial(life.agree, verb=Verb.REMEDIATE, actor=actor.id, now=desk.now()),
            actor=actor.id,
            action="agree",
            decision=Decision("agree", actor.id),
        )
    except IllegalMoveError as error:
        return too_late(error)
    if after.state is State.APPROVED:
        return Done("Agreed. The remediation is about to start.")
    waits = after.request(Verb.REMEDIATE)
    return Done(f"Agreed: {len(waits.agreed)} of {waits.needed}." if waits else "Agreed.")


def withdraw(desk: Desk, finding_id: str, actor: Actor) -> Answer:
    """Take back a request that has not started; any approver of the team may."""
    finding = desk.admit(finding_id, actor, "withdraw")
    if isinstance(finding, Refused):
        return finding
    note = "The request for a remediation was withdrawn. Nobody has decided again yet."
    try:
        desk.ledger.move(
            finding.id,
            partial(life.withdraw, verb=Verb.REMEDIATE, now=desk.now(), note=note),
            actor=actor.id,
            action="withdraw",
            decision=Decision("withdraw", actor.id),
        )
    except IllegalMoveError as error:
        return too_late(error)
    return Done("Withdrawn. Nothing was started.")
