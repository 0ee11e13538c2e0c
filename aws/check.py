"""Looks whether AWS is set up: queues, roles, Config rules and their remediations."""

from collections.abc import Iterable, Iterator, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from aws.clients import RegionMissingError
from aws.config_service import AwsBusyError, AwsRefusedError, ConfigService
from aws.queue import queue_client
from aws.sweep import Place
from commands.checks import Check
from compliance.known_rules import ConfigRule
from compliance.rules import Catalogue, Rule

_MODULE = "Apply the Terraform module {name} in this account and Region."


def check_queues(urls: Iterable[str]) -> Iterator[Check]:
    """Look whether each queue can be read, and whether what fails goes to a dead-letter queue."""
    return map(_queue, urls)


def check_place(service: ConfigService, place: Place, catalogue: Catalogue) -> Iterator[Check]:
    """Look whether the role can be assumed, and each rule and its remediation is there."""
    where = f"account {place.account}, {place.region}"
    try:
        present = service.rules(place.account, place.region)
        yield Check(f"role in {where}")
        yield _session(service, place, where)
        for rule in catalogue.values():
            yield _rule(service, place, rule, _name_there(rule, present), where)
    except AwsRefusedError as error:
        yield Check(f"role in {where}", str(error), _MODULE.format(name="access"))
    except AwsBusyError as error:
        yield Check(where, str(error), _passing(error))


def _session(service: ConfigService, place: Place, where: str) -> Check:
    """Look whether a decision can have a session that names the people (docs/security.md)."""
    what = f"session of a decision in {where}"
    try:
        service.check_session(place.account, place.region)
    except AwsRefusedError as error:
        remedy = (
            "Apply the Terraform modules access and bot, which allow sts:SetSourceIdentity, or set "
            "source_identity: false in bot.yaml."
        )
        return Check(what, str(error), remedy)
    return Check(what)


def _queue(url: str) -> Check:
    try:
        client = queue_client(url)
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    except RegionMissingError as error:
        return Check(f"queue {url}", str(error), "Set AWS_REGION.")
    except ClientError as error:
        remedy = "Correct QUEUE_URLS, and let the bot's role receive from and delete in the queue."
        return Check(f"queue {url}", str(error), remedy)
    except BotoCoreError as error:
        return Check(f"queue {url}", str(error), _passing(error))
    if "RedrivePolicy" not in answer.get("Attributes", {}):
        return Check(
            f"queue {url}",
            "has no dead-letter queue, so what cannot be understood comes back for ever",
            "Apply the Terraform module delivery, or give the queue a redrive policy.",
        )
    return Check(f"queue {url}")


def _passing(error: Exception) -> str:
    """Say what can be done where AWS was not even asked."""
    if "credentials" in str(error).lower():
        return "Give the bot AWS credentials: its task's role, or what boto3 reads otherwise."
    return "Look whether AWS can be reached from here, and try again."


def _name_there(rule: Rule, present: Mapping[str, ConfigRule]) -> str:
    """Return the name that the account gave *rule*: its own before one that AWS's services gave."""
    if rule.name in present:
        return rule.name
    same = (each for each in present.values() if each.identifier == rule.identifier)
    by_use = sorted(same, key=lambda each: each.service_linked)
    return by_use[0].key.rule if by_use else ""


def _rule(service: ConfigService, place: Place, rule: Rule, name: str, where: str) -> Check:
    called = f", called {name} there," if name not in {"", rule.name} else ""
    what = f"rule {rule.name}{called} in {where}"
    if not name:
        return Check(what, "does not exist", _MODULE.format(name="rules"))
    if not service.configured(place.account, place.region, name):
        return Check(what, "has no remediation", _MODULE.format(name="rules"))
    return Check(what)
