"""Evaluations: what the rules say of resources, and asking for it again."""

from datetime import timedelta

from playground.aws.api.answers import Answer, ConfigError, Params, page
from playground.aws.api.rules import check_rules, rule_names
from playground.aws.records import Place, ResourceKey, Result
from playground.aws.service import ConfigService

#: "more than once per minute" (FACTS §4, StartConfigRulesEvaluation).
_EVALUATION_GAP = timedelta(minutes=1)
#: ComplianceContributorCount stops here and says that it did.
_COUNT_CAP = 25


def describe_compliance_by_config_rule(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    state = service.state(place)
    wanted = params.get("ComplianceTypes")
    found = []
    for rule in rule_names(service, place, params):
        outcomes = [
            result.compliance for (name, _), result in state.results.items() if name == rule
        ]
        outcome = next(
            (kind for kind in ("NON_COMPLIANT", "COMPLIANT") if kind in outcomes),
            "INSUFFICIENT_DATA",
        )
        compliance: Answer = {"ComplianceType": outcome}
        if outcome == "NON_COMPLIANT":
            count = outcomes.count(outcome)
            compliance["ComplianceContributorCount"] = {
                "CappedCount": min(count, _COUNT_CAP),
                "CapExceeded": count > _COUNT_CAP,
            }
        if not wanted or outcome in wanted:
            found.append({"ConfigRuleName": rule, "Compliance": compliance})
    return page("ComplianceByConfigRules", found, params, default=25)


def get_compliance_details_by_config_rule(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    rule = params["ConfigRuleName"]
    check_rules(service, place, [rule])
    results = [result for result in _results(service, place, params) if result.rule == rule]
    return page("EvaluationResults", list(map(_evaluation, results)), params, default=10)


def get_compliance_details_by_resource(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    key = ResourceKey(params.get("ResourceType", ""), params.get("ResourceId", ""))
    results = [result for result in _results(service, place, params) if result.key == key]
    return page("EvaluationResults", list(map(_evaluation, results)), params, default=10)


def _results(service: ConfigService, place: Place, params: Params) -> list[Result]:
    wanted = params.get("ComplianceTypes")
    results = sorted(service.state(place).results.items(), key=lambda entry: entry[0])
    return [result for _, result in results if not wanted or result.compliance in wanted]


def _evaluation(result: Result) -> Answer:
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": result.rule,
                "ResourceType": result.key.resource_type,
                "ResourceId": result.key.resource_id,
                "EvaluationMode": "DETECTIVE",
            },
            "OrderingTimestamp": result.ordered_at,
        },
        "ComplianceType": result.compliance,
        "ResultRecordedTime": result.recorded_at,
        "ConfigRuleInvokedTime": result.invoked_at,
    }


def describe_config_rule_evaluation_status(
    service: ConfigService, place: Place, params: Params
) -> Answer:
    found = []
    for name in rule_names(service, place, params):
        rule, activity = service.rules(place)[name], service.state(place).activity[name]
        status: Answer = {
            "ConfigRuleName": name,
            "ConfigRuleArn": rule.config_rule_arn,
            "ConfigRuleId": rule.config_rule_id,
            "FirstActivatedTime": activity.activated_at,
            "FirstEvaluationStarted": activity.evaluated_at is not None,
        }
        if activity.evaluated_at is not None:
            status["LastSuccessfulInvocationTime"] = activity.evaluated_at
            status["LastSuccessfulEvaluationTime"] = activity.evaluated_at
        found.append(status)
    return page("ConfigRulesEvaluationStatus", found, params, default=50)


def start_config_rules_evaluation(service: ConfigService, place: Place, params: Params) -> Answer:
    state, now = service.state(place), service.clock()
    names = params.get("ConfigRuleNames", [])
    check_rules(service, place, names)
    for name in names:
        asked_at = state.activity[name].asked_at
        if asked_at is not None and now - asked_at < _EVALUATION_GAP:
            raise ConfigError(
                "LimitExceededException", f"{name} was evaluated less than a minute ago."
            )
    for name in names:
        state.activity[name].asked_at = now
        state.waiting[name] = True
    return {}
