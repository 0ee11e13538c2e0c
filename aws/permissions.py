"""What the bot may do in an account: each call that it makes there is tried, and does nothing.

What changes something names a rule that no account has, so AWS refuses it for that, after it has
looked at the permission.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aws.config_service import Clients
from aws.errors import AwsBusyError, AwsForbiddenError, AwsRefusedError, aws_errors
from aws.sessions import DecisionSession
from aws.tasks import Place
from commands.checks import Check

#: Neither a rule nor a resource has this name; a reader of CloudTrail sees what asked.
NOTHING = "compliance-bot-check"
#: An exception that ends then would have no effect.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_KEYS = [{"resourceType": "AWS::S3::Bucket", "resourceId": NOTHING}]
_EXCEPTION_KEYS = [{"ResourceType": "AWS::S3::Bucket", "ResourceId": NOTHING}]
#: AWS can say these before it has looked at the permission.
#: https://docs.aws.amazon.com/config/latest/APIReference/CommonErrors.html
_OF_FORM = ("ValidationException", "ValidationError", "SerializationException", "UnknownOperation")


@dataclass(frozen=True, slots=True)
class Trial:
    """One call, by boto3's name of it, and what it asks."""

    service: str
    method: str
    asked: Mapping[str, Any]


def trials(rule: str, document: str) -> Sequence[Trial]:
    """Return a trial of each call but that of a start; *rule* and *document* are read."""
    config: Mapping[str, Mapping[str, Any]] = {
        "batch_get_resource_config": {"resourceKeys": _KEYS},
        "delete_remediation_exceptions": {
            "ConfigRuleName": NOTHING,
            "ResourceKeys": _EXCEPTION_KEYS,
        },
        "describe_config_rules": {},
        "describe_configuration_recorders": {},
        "describe_remediation_configurations": {"ConfigRuleNames": [rule]},
        "describe_remediation_exceptions": {"ConfigRuleName": rule},
        "describe_remediation_execution_status": {"ConfigRuleName": rule, "ResourceKeys": _KEYS},
        "get_compliance_details_by_config_rule": {"ConfigRuleName": rule, "Limit": 1},
        "get_compliance_details_by_resource": {
            "ResourceType": "AWS::S3::Bucket",
            "ResourceId": NOTHING,
        },
        "get_resource_config_history": {
            "resourceType": "AWS::S3::Bucket",
            "resourceId": NOTHING,
            "limit": 1,
        },
        "put_remediation_exceptions": {
            "ConfigRuleName": NOTHING,
            "ResourceKeys": _EXCEPTION_KEYS,
            "Message": "bot.py check tries whether it may.",
            "ExpirationTime": _LONG_AGO,
        },
    }
    return (
        *(Trial("config", method, asked) for method, asked in config.items()),
        Trial("ssm", "describe_document", {"Name": document}),
    )


@dataclass(frozen=True, slots=True)
class Permissions:
    """Tries what the role in one account may do."""

    clients: Clients
    place: Place
    where: str

    def checks(self, rule: str, document: str) -> Iterator[Check]:
        for trial in trials(rule, document):
            client = self._client(trial.service)
            action = f"{trial.service}:{client.meta.method_to_api_mapping[trial.method]}"
            yield self._tried(action, partial(self._call, trial))

    def check_start(self, session: DecisionSession) -> Check:
        """Try to start what is not there, in a session like that of a decision."""

        def start() -> None:
            self.clients.decision_client(*self.place, session).start_remediation_execution(
                ConfigRuleName=NOTHING, ResourceKeys=_KEYS
            )

        return self._tried("config:StartRemediationExecution", start)

    def _call(self, trial: Trial) -> None:
        getattr(self._client(trial.service), trial.method)(**trial.asked)

    def _client(self, service: str) -> Any:
        # Each by its name, as tests/terraform/test_access.py reads them.
        if service == "ssm":
            return self.clients.client("ssm", self.place.account, self.place.region)
        return self.clients.client("config", self.place.account, self.place.region)

    def _tried(self, action: str, call: Callable[[], object]) -> Check:
        remedy = (
            "Apply the Terraform module access in this account; where it is applied, look at the "
            "organisation's policies."
        )
        return tried(f"{action} in {self.where}", call, remedy)


def tried(what: str, call: Callable[[], object], remedy: str) -> Check:
    """Return whether *call* is allowed; that AWS has not what it asks for is no matter."""
    try:
        with aws_errors():
            call()
    except AwsForbiddenError as error:
        return Check(what, str(error), remedy)
    except AwsBusyError as error:
        return Check(what, f"could not be tried: {error}", passing(error))
    except AwsRefusedError as error:
        if str(error).startswith(_OF_FORM):
            return Check(what, f"could not be tried: {error}", "Report this to the maintainers.")
    return Check(what)


def passing(error: Exception) -> str:
    """Say what can be done where AWS was not even asked."""
    if "credentials" in str(error).lower():
        return "Give the bot AWS credentials: its task's role, or what boto3 reads otherwise."
    return "Look whether AWS can be reached from here, and try again."
