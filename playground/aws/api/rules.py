"""Rules: moto keeps them; what has to be known and refused beside it."""

from collections.abc import Iterable, Sequence

from playground.aws.api.answers import ConfigError, Params
from playground.aws.records import Place
from playground.aws.service import ConfigService, RuleActivity


def check_delete_config_rule(service: ConfigService, place: Place, params: Params) -> None:
    rule = params["ConfigRuleName"]
    if rule in service.state(place).remediations:
        raise ConfigError("ResourceInUseException", f"A remediation is attached to {rule}.")


def config_rule_was_put(service: ConfigService, place: Place, params: Params) -> None:
    state = service.state(place)
    for name in service.rules(place):
        if name not in state.activity or name == params["ConfigRule"].get("ConfigRuleName"):
            state.activity.setdefault(name, RuleActivity(service.stamp()))
            state.waiting.setdefault(name, False)


def config_rule_was_deleted(service: ConfigService, place: Place, params: Params) -> None:
    service.state(place).forget_rule(params["ConfigRuleName"])


def rule_names(service: ConfigService, place: Place, params: Params) -> Sequence[str]:
    names: Sequence[str] = params.get("ConfigRuleNames") or sorted(service.rules(place))
    check_rules(service, place, names)
    return names


def check_rules(service: ConfigService, place: Place, names: Iterable[str]) -> None:
    for name in names:
        if name not in service.rules(place):
            raise ConfigError(
                "NoSuchConfigRuleException",
                f"The ConfigRule '{name}' provided in the request is invalid. "
                "Please check the configRule name",
            )
