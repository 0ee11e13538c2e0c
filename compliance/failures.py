"""Why a remediation failed, in plain words with the next step. Pure."""

import re

from compliance.rules import Rule

_ACTION = re.compile(r"(?:not authorized to perform|perform)[: ]+([a-z0-9-]+:[A-Za-z]+)")

NOT_CONFIGURED = (
    "AWS Config has no remediation configured for this rule in this account and Region. "
    "A platform engineer can apply the Terraform module there. Until then, by hand: {by_hand}"
)
NOT_ALLOWED_TO_START = (
    "The bot may not start remediations in this account: {said} "
    "A platform engineer can mend its role there with the Terraform module access, then press "
    "Remediate again."
)

STILL_BROKEN = (
    "The runbook succeeded, but AWS Config still says NON_COMPLIANT. Look at the resource: "
    "something may have changed it back, or the change waits for a maintenance window."
)
UNSEEN = (
    "The runbook succeeded, but AWS Config tells no evaluation of the resource. Look whether the "
    "resource is still there; if it was deleted, there is nothing left to do."
)


def explain(said: str, rule: Rule | None) -> str:
    """Return AWS's message *said* as a sentence for an engineer, with what to do next."""
    what = said.strip() or "AWS gave no message."
    cause = _cause(what, rule)
    return f"{cause} AWS said: {what}" if cause else _unknown(what, rule)


def _cause(said: str, rule: Rule | None) -> str:
    low = said.lower()
    if "xray" in low or "x-ray" in low or "puttracesegments" in low:
        return (
            "The function's own role may not write traces. Give it xray:PutTraceSegments and "
            "xray:PutTelemetryRecords, then press Remediate again."
        )
    if "kms" in low and ("denied" in low or "not authorized" in low or "disabled" in low):
        return (
            "The encryption key cannot be used. Check that the key is enabled and that its policy "
            "lets the runbook's role use it, then press Remediate again."
        )
    if "not authorized" in low or "accessdenied" in low or "access denied" in low:
        action = _ACTION.search(said)
        needed = action[1] if action else ", ".join(rule.remediation.iam_actions) if rule else ""
        named = f" ({needed})" if needed else ""
        return (
            f"The runbook's role lacks a permission{named}. A platform engineer can add it "
            "to the role, then press Remediate again."
        )
    if "already compliant" in low:
        return (
            "AWS Config did not start it, because it holds the resource to be compliant already. "
            "Its next evaluation will resolve this finding."
        )
    if "not in available state" in low or "invaliddbinstancestate" in low:
        return (
            "The database is busy with another change. Wait until it is available, then press "
            "Remediate again."
        )
    if "timed out" in low or "timeout" in low:
        return (
            "A step took too long. The change may have been made all the same: look at the "
            "resource before you press Remediate again."
        )
    if "existing" in low or "in progress" in low or "concurrent" in low:
        return "Another remediation of this resource is running. Try again when it has ended."
    return ""


def _unknown(said: str, rule: Rule | None) -> str:
    by_hand = f" Or by hand: {rule.by_hand}" if rule else ""
    return f"AWS said: {said} Correct the cause and press Remediate again.{by_hand}"
