"""Buttons: what a person can press on a card, what it is called, and how it comes back. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from compliance.request import Verb


class Button(StrEnum):
    """What a person can press on a card; the lower four are about all findings of a message."""

    REMEDIATE = "remediate"
    IGNORE = "ignore"
    AGREE = "agree"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    REVOKE = "revoke"
    LET_END = "let-end"
    CLEAR = "clear"
    CLAIM = "claim"
    HAND_OVER = "hand-over"
    SNOOZE = "snooze"
    ALLOW_OUTSIDERS = "allow-outsiders"
    DETAILS = "details"
    HISTORY = "history"
    LIST = "list"
    REMEDIATE_ALL = "remediate-all"
    AGREE_ALL = "agree-all"
    IGNORE_ALL = "ignore-all"


_LABELS = {
    Button.REMEDIATE: "Remediate",
    Button.IGNORE: "Ignore",
    Button.AGREE: "Agree",
    Button.WITHDRAW: "Withdraw",
    Button.EXTEND: "Extend",
    Button.REVOKE: "End it now",
    Button.LET_END: "Let it end",
    Button.CLEAR: "Clear AWS's exception",
    Button.CLAIM: "I'm on it",
    Button.HAND_OVER: "Not ours: hand over",
    Button.SNOOZE: "Snooze",
    Button.ALLOW_OUTSIDERS: "Allow there",
    Button.DETAILS: "Details",
    Button.HISTORY: "History",
    Button.LIST: "Show them",
    Button.REMEDIATE_ALL: "Remediate all",
    Button.AGREE_ALL: "Agree to all",
    Button.IGNORE_ALL: "Ignore all",
}
#: The same where another request than the usual one is agreed to or withdrawn.
_LABELS_OF_OTHERS = {
    Button.AGREE: "Agree to the {noun}",
    Button.WITHDRAW: "Withdraw the request for the {noun}",
    Button.AGREE_ALL: "Agree to all: {noun}",
}
#: These ask and decide nothing.
ASKS = frozenset({Button.LIST, Button.DETAILS, Button.HISTORY})
#: These are decided by the press itself: there is nothing to read or to give first.
AT_ONCE = frozenset({Button.CLAIM, Button.ALLOW_OUTSIDERS})
#: What cards offer behind a menu: a reader wants it now and then.
IN_MENU = frozenset({Button.CLAIM, Button.HAND_OVER, Button.SNOOZE, Button.DETAILS, Button.HISTORY})


@dataclass(frozen=True, slots=True)
class Press:
    """A button as a card offers it, and as it comes back when it is pressed.

    *verb* is the verb of the request that is agreed to or withdrawn. *page* is the page of a list,
    from 0. On a message of several findings, *finding_id* is one of them, which finds the message.
    """

    button: Button
    finding_id: str
    verb: Verb | None = None
    page: int = 0

    @property
    def value(self) -> str:
        """What a chat product keeps with the button: ``F-3K7Q2`` or ``F-3K7Q2 except``."""
        return " ".join(filter(None, (self.finding_id, self.verb, str(self.page or ""))))

    @property
    def label(self) -> str:
        if self.verb is None or self.verb is Verb.REMEDIATE:
            return _LABELS[self.button]
        return _LABELS_OF_OTHERS[self.button].format(noun=self.verb.noun)

    def name(self, subject: str) -> str:
        """Return what a screen reader says: the label, and the *subject* that it is about.

        The label stands first, so that who speaks to their computer can say what they see.
        """
        if self.verb is None:
            return f"{self.label} {subject}"
        return f"{_LABELS_OF_OTHERS[self.button].format(noun=self.verb.noun)}: {subject}"

    @classmethod
    def parse(cls, button: str, value: str) -> "Press":
        """Return the press of *button* with *value*; raises ValueError where it is not one.

        Buttons of messages from before requests had verbs are about a remediation.
        """
        finding_id, *rest = value.split()
        pressed = cls(Button(button), finding_id)
        for word in rest:
            if word.isdecimal():
                pressed = replace(pressed, page=int(word))
            else:
                pressed = replace(pressed, verb=Verb(word))
        if pressed.verb is None and pressed.button in _LABELS_OF_OTHERS:
            return replace(pressed, verb=Verb.REMEDIATE)
        return pressed
