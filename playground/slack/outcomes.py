"""What Slack's clients show where an app does not answer, or answers nonsense. Pure."""

from typing import Any

from playground.slack.acting import Outcome
from playground.slack.answers import Answer, Failure
from playground.slack.entities import View
from playground.slack.errors import SlackError

TROUBLE = "We had some trouble connecting. Try again?"


def outcome(answer: Answer) -> Outcome:
    if answer.failure is None:
        return Outcome()
    if answer.failure is Failure.NOT_INTERACTIVE:
        return Outcome("This app is not configured to handle interactive responses.")
    if answer.failure is Failure.TIMEOUT:
        return Outcome("The app did not respond in time (operation_timeout).")
    return Outcome("The app did not respond (dispatch_failed).")


def command_failure(name: str, failure: Failure) -> str:
    if failure is Failure.TIMEOUT:
        return f"{name} failed because the app did not respond (operation_timeout)."
    if failure is Failure.NOT_CONNECTED:
        return f"{name} failed because the app did not respond (dispatch_failed)."
    return f'{name} failed with the error "dispatch_failed".'


def checked_errors(modal: View, errors: Any) -> dict[str, str]:
    """Return the app's complaints; they must be about inputs that the modal has."""
    inputs = {
        block["block_id"] for block in modal.payload["blocks"] if block.get("type") == "input"
    }
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        raise SlackError("invalid_errors", inputs=sorted(inputs))
    return {block_id: str(text) for block_id, text in errors.items()}


def explained(error: SlackError) -> str:
    messages = error.facts.get("response_metadata", {}).get("messages", ())
    return " ".join([error.code, *messages])
