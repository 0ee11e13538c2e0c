"""Looks whether the accounts are set up: role, permissions, Config rules and their runbooks."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aws.check_own import OwnRole
from aws.config_service import AwsBusyError, AwsRefusedError, Clients, ConfigService
from aws.errors import RoleRefusedError, aws_errors
from aws.permissions import NOTHING, Permissions, passing
from aws.runbooks import Configured, Runbooks, faults, unknown_to
from aws.sessions import session_of_check
from aws.tasks import Place
from commands.checks import Check
from compliance.known_rules import ConfigRule
from compliance.rules import Catalogue, Rule

__all__ = ["OwnRole", "check_aws", "check_place"]

_MODULE = "Apply the Terraform module {name} in this account and Region."
_SET_SOURCE_IDENTITY = (
    "Apply the Terraform modules access and bot, which allow sts:SetSourceIdentity, or set "
    "source_identity: false in bot.yaml."
)
_MAINTAIN = "Correct the rule in rules.yaml, and apply the Terraform module rules again."
#: Accounts and Regions that are looked at in one moment.
_AT_ONCE = 8


def check_aws(
    own: OwnRole, clients: Clients, places: Sequence[Place], catalogue: Catalogue
) -> Iterator[Check]:
    """Look at what the bot's own role needs, then at every account and Region."""
    yield from own.checks()

    def look(place: Place) -> list[Check]:
        return list(check_place(clients, place, catalogue, has_role=bool(own.role_name)))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for checks in pool.map(look, places):
            yield from checks


def check_place(
    clients: Clients, place: Place, catalogue: Catalogue, *, has_role: bool = True
) -> Iterator[Check]:
    """Look at one account and Region; without a role the bot's own credentials serve there."""
    where = f"account {place.account}, {place.region}"
    present: Mapping[str, ConfigRule] | None = None
    try:
        present = ConfigService(clients).rules(*place)
    except RoleRefusedError as error:
        yield Check(f"sts:AssumeRole in {where}", str(error), _MODULE.format(name="access"))
        return
    except AwsBusyError as error:
        yield Check(where, f"could not be looked at: {error}", passing(error))
        return
    except AwsRefusedError:
        # The trial of this permission says so, among the others.
        pass
    if has_role:
        yield Check(f"sts:AssumeRole in {where}")
        yield _session(clients, place, where)
    looked_at = _Rules(Runbooks(clients, place), catalogue, present or {}, where)
    permissions = Permissions(clients, place, where)
    yield from permissions.checks(*looked_at.examples())
    yield permissions.check_start(session_of_check(*place))
    if present is None:
        yield looked_at.unseen()
    else:
        yield from looked_at.checks()


def _session(clients: Clients, place: Place, where: str) -> Check:
    """Look whether a decision can have a session that names the people (docs/security.md)."""
    what = f"sts:SetSourceIdentity, the session of a decision in {where}"
    try:
        with aws_errors():
            clients.decision_client(*place, session_of_check(*place))
    except AwsRefusedError as error:
        return Check(what, str(error), _SET_SOURCE_IDENTITY)
    except AwsBusyError as error:
        return Check(what, f"could not be tried: {error}", passing(error))
    return Check(what)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The catalogue's rules, compared with those that are *present* in one account and Region."""

    runbooks: Runbooks
    catalogue: Catalogue
    present: Mapping[str, ConfigRule]
    where: str

    def examples(self) -> tuple[str, str]:
        """Return a rule of this place and a document, to be read where permissions are tried."""
        names = (_name_there(rule, self.present) for rule in self.catalogue.values())
        documents = (rule.remediation.runbook for rule in self.catalogue.values())
        return next(filter(None, names), NOTHING), next(documents, NOTHING)

    def unseen(self) -> Check:
        remedy = "Give the missing permission first, which is named above."
        return Check(f"rules in {self.where}", "could not be looked at", remedy)

    def checks(self) -> Iterator[Check]:
        try:
            for rule in self.catalogue.values():
                yield from self._rule(rule)
        except AwsRefusedError:
            yield self.unseen()
        except AwsBusyError as error:
            yield Check(f"rules in {self.where}", f"not all looked at: {error}", passing(error))

    def _rule(self, rule: Rule) -> Iterator[Check]:
        name = _name_there(rule, self.present)
        called = f", called {name} there," if name not in {"", rule.name} else ""
        what = f"rule {rule.name}{called} in {self.where}"
        if not name:
            yield Check(what, "does not exist", _MODULE.format(name="rules"))
            return
        if (identifier := self.present[name].identifier) not in {"", rule.identifier}:
            yield Check(what, f"is {identifier}, and not {rule.identifier}", _MAINTAIN)
            return
        yield Check(what)
        configured = self.runbooks.configured(name)
        if configured is None:
            problem = "has no remediation"
            yield Check(f"remediation of {what}", problem, _MODULE.format(name="rules"))
        else:
            yield self._remediation(rule, configured, f"remediation of {what}")

    def _remediation(self, rule: Rule, configured: Configured, what: str) -> Check:
        """Compare a configuration and the catalogue with what AWS says of the runbook."""
        name, runbook = configured.document, rule.remediation.runbook
        document = self.runbooks.document(name, configured.version)
        if document is None:
            return Check(what, f"runs {name}, which does not exist", _MODULE.format(name="rules"))
        problems = [*faults(rule, configured, document), *unknown_to(document, rule)]
        if problems:
            return Check(what, f"{name} {'; '.join(problems)}", _MAINTAIN)
        if not name.endswith(runbook):
            # An own document has a prefix before the catalogue's name.
            warning = f"runs {name}; what rules.yaml says of its impact is about {runbook}"
            return Check(what, warning=warning)
        return Check(what)


def _name_there(rule: Rule, present: Mapping[str, ConfigRule]) -> str:
    """Return the name that the account gave *rule*: its own before one that AWS's services gave."""
    if rule.name in present:
        return rule.name
    same = (each for each in present.values() if each.identifier == rule.identifier)
    by_use = sorted(same, key=lambda each: each.service_linked)
    return by_use[0].key.rule if by_use else ""
