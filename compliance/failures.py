"""Why a remediation failed, in plain words with the next step. Pure.

A cause is read from AWS's error code and from the action that AWS names, never from other words:
anybody can call a role, a topic or a function as they like.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.policy import AnyRule

NOT_CONFIGURED = (
    "AWS Config has no remediation configured for this rule in this account and Region. "
    "A platform engineer can apply the Terraform module there. Until then, by hand: {by_hand}"
)
NOT_ALLOWED_TO_START = (
    "The bot may not start remediations in this account: {message} "
    "A platform engineer can mend its role there with the Terraform module access, then press "
    "Remediate again."
)
ROLE_REFUSED = (
    "The bot cannot assume its role in this account: {message} A platform engineer can apply the "
    "Terraform modules access and bot, which also allow sts:SetSourceIdentity (source_identity in "
    "bot.yaml leaves that out), then press Remediate again."
)
#: AWS says so where the session's policy, and not the role's own, leaves an action out.
SESSION_TOO_NARROW = (
    "The session of this decision is too narrow: {message} A platform engineer can name the action "
    "in session_policy in bot.yaml, or set session_policy: none, then press Remediate again."
)

STILL_BROKEN = (
    "The runbook succeeded, but AWS Config still says NON_COMPLIANT. Look at the resource: "
    "something may have changed it back, or the change waits for a maintenance window."
)
NOT_SINCE = (
    "AWS Config has not evaluated the resource since the runbook ended: it still says "
    "NON_COMPLIANT, from before. Evaluate the rule in AWS Config's console (Re-evaluate), and look "
    "at the resource; this card follows what AWS Config says."
)
UNSEEN = (
    "The runbook succeeded, but AWS Config has no evaluation of the resource. Check whether the "
    "resource still exists; if it was deleted, there is nothing left to do."
)

#: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_ACTION = re.compile(
    r"not authorized to perform:? ([A-Za-z0-9-]+):([A-Za-z]+)"
    r"|policy allows the ([A-Za-z0-9-]+):([A-Za-z]+) action"
    r"|does not have permissions? to call (\w+) on (\w+)"
)
_DENIED_BY = re.compile(
    r"with an explicit deny in an? ([\w -]+? (?:policy|boundary))\b"
    r"|because no ((?:session|service control|resource control|VPC endpoint) policy"
    r"|permissions boundary) allows"
)
_ROLE = re.compile(r"on resource: (arn:\S+:role/\S+)")
#: Where the services, their clients and SSM Automation put the code into a sentence.
_CODE = re.compile(
    r"An error occurred \((\w+)\)"
    r"|[Ee]rror [Cc]ode: (\w+)"
    r"|^(\w+(?:Exception|Error|Fault|Denied|Expired|State|Timeout)): "
    r"|^(\w+(?:Exception|Denied|Fault))$"
)
_SAYS_NO_CODE: Mapping[str, re.Pattern[str]] = {
    "RoleNotAssumed": re.compile(
        r"\bassume role is unable to be assumed\b|^access denied when .{0,20}\bassume role\b",
        re.IGNORECASE,
    ),
    "AccessDenied": re.compile(r"^access denied\b|not authorized to perform", re.IGNORECASE),
    "AlreadyCompliant": re.compile(r"\b(?:is|are) already compliant\b", re.IGNORECASE),
    "StepTimedOut": re.compile(r"^(?:the )?(?:step|execution|automation)\b.{0,40}\btimed out\b",
                               re.IGNORECASE),
    "InProgress": re.compile(
        r"^an existing call\b|\bremediation execution\b.{0,200}\bin progress\b", re.IGNORECASE
    ),
    "KeyUnusable": re.compile(r"\barn:aws[a-z-]*:kms:\S+ is (?:disabled|pending)\b"),
}  # fmt: skip
_DENIALS = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException",
     "UnauthorizedOperation", "NotAuthorized", "InsufficientPermissionsException"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """What AWS's sentence names: an error's code, the action refused, who refuses it, a role."""

    code: str = ""
    action: str = ""
    denied_by: str = ""
    role: str = ""


def explain(message: str, rule: AnyRule | None) -> str:
    """Return AWS's *message* as a sentence for an engineer, with what to do next."""
    what = message.strip() or "AWS gave no message."
    cause = _cause(read_refusal(what), rule)
    return f"{cause} AWS said: {what}" if cause else _unknown(what, rule)


def is_session_too_narrow(message: str) -> bool:
    """Say whether AWS refuses for the policy that the bot gave its own session."""
    return read_refusal(message).denied_by.startswith("session")


def read_refusal(message: str) -> Refusal:
    """Return what is named in AWS's sentence."""
    action, denied_by = _ACTION.search(message), _DENIED_BY.search(message)
    role = _ROLE.search(message)
    return Refusal(
        code=_code(message),
        action=_action(action) if action else "",
        denied_by=(denied_by[1] or denied_by[2]) if denied_by else "",
        role=role[1] if role else "",
    )


def _action(named: re.Match[str]) -> str:
    if named[5]:
        return f"{named[6].lower()}:{named[5]}"
    # AWS writes the service of some in capitals, SNS:SetTopicAttributes; policies take either.
    return f"{(named[1] or named[3]).lower()}:{named[2] or named[4]}"


def _code(message: str) -> str:
    named = _CODE.search(message)
    if named:
        return str(named[named.lastindex or 0])
    return next((code for code, form in _SAYS_NO_CODE.items() if form.search(message)), "")


def _denied(refusal: Refusal, rule: AnyRule | None) -> str:
    """Return the cause where an action is refused; it is told by who can allow it."""
    known = rule.remediation if rule else None
    needed = refusal.action or (", ".join(known.iam_actions) if known else "")
    named = f" ({needed})" if needed else ""
    if refusal.denied_by.startswith(("service control", "resource control")):
        return (
            f"A policy of the organisation ({refusal.denied_by}) forbids this here{named}. Those "
            "who run the organisation in AWS can let the runbook's role do it, or say what to do."
        )
    if refusal.denied_by:
        return (
            f"Something forbids this to the runbook's role{named}: {refusal.denied_by}. A platform "
            "engineer can look there, then press Remediate again."
        )
    for action, cure in _BY_ACTION.items():
        if refusal.action.startswith(action):
            return cure.format(role=f" {refusal.role}" if refusal.role else "")
    return (
        f"The runbook's role lacks a permission{named}. A platform engineer can add it "
        "to the role, then press Remediate again."
    )


_NOT_ASSUMED = (
    "The runbook's role{role} cannot be assumed: it is not there, or does not trust "
    "ssm.amazonaws.com. A platform engineer can apply the Terraform module rules, then press "
    "Remediate again."
)
_KEY_UNUSABLE = (
    "The encryption key cannot be used. Check that the key is enabled and that its policy "
    "lets the runbook's role use it, then press Remediate again."
)
_BUSY_DATABASE = (
    "The database is busy with another change. Wait until it is available, then press "
    "Remediate again."
)
_TOOK_TOO_LONG = (
    "A step took too long. The change may have been made all the same: look at the "
    "resource before you press Remediate again."
)
_THROTTLED = "AWS had too much to do at that moment. Press Remediate again in some minutes."

#: What a missing permission means for an action or the actions of a service.
_BY_ACTION: Mapping[str, str] = {
    "sts:AssumeRole": _NOT_ASSUMED,
    "iam:PassRole": (
        "The runbook's role may not be handed to SSM Automation (iam:PassRole). A platform "
        "engineer can apply the Terraform module rules, then press Remediate again."
    ),
    "kms:": _KEY_UNUSABLE,
    "xray:": (
        "The function's own role may not write traces. Give it xray:PutTraceSegments and "
        "xray:PutTelemetryRecords, then press Remediate again."
    ),
}
_BY_CODE: Mapping[str, str] = {
    "AlreadyCompliant": (
        "AWS Config did not start it, because it counts the resource as compliant already. "
        "Its next evaluation will resolve this finding."
    ),
    "InProgress": (
        "Another remediation of this resource is running. Try again when it has ended."
    ),
    "RoleNotAssumed": _NOT_ASSUMED,
    **dict.fromkeys(
        ("KeyUnusable", "DisabledException", "KMSDisabledException", "KMSAccessDeniedException",
         "KMSInvalidStateException", "KMSInvalidState", "KMSDisabled", "KMSAccessDenied",
         "KMSKeyNotAccessibleFault"),
        _KEY_UNUSABLE,
    ),
    **dict.fromkeys(
        ("InvalidDBInstanceState", "InvalidDBInstanceStateFault", "ResourceInUseException"),
        _BUSY_DATABASE,
    ),
    **dict.fromkeys(("StepTimedOut", "TimedOut", "ExecutionTimeout"), _TOOK_TOO_LONG),
    **dict.fromkeys(
        ("Throttling", "ThrottlingException", "TooManyRequestsException"), _THROTTLED
    ),
}  # fmt: skip


def _cause(refusal: Refusal, rule: AnyRule | None) -> str:
    if refusal.code in _DENIALS or refusal.action or refusal.denied_by:
        return _denied(refusal, rule)
    return _BY_CODE.get(refusal.code, "").format(role="")


def _unknown(message: str, rule: AnyRule | None) -> str:
    by_hand = f" Or by hand: {rule.by_hand}" if rule else ""
    return f"AWS said: {message} Correct the cause and press Remediate again.{by_hand}"
