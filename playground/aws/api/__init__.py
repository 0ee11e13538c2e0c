"""The operations of AWS Config that moto lacks, by AWS's own groups (FACTS §4)."""

from collections.abc import Callable, Mapping

from playground.aws.api import evaluations, exceptions, recorders, remediations, resources, rules
from playground.aws.api.answers import Answer, ConfigError, Params
from playground.aws.records import Place
from playground.aws.service import ConfigService

__all__ = ["AFTER", "BEFORE", "OPERATIONS", "ConfigError"]

OPERATIONS: Mapping[str, Callable[[ConfigService, Place, Params], Answer]] = {
    "PutRemediationConfigurations": remediations.put_remediation_configurations,
    "DescribeRemediationConfigurations": remediations.describe_remediation_configurations,
    "DeleteRemediationConfiguration": remediations.delete_remediation_configuration,
    "StartRemediationExecution": remediations.start_remediation_execution,
    "DescribeRemediationExecutionStatus": remediations.describe_remediation_execution_status,
    "PutRemediationExceptions": exceptions.put_remediation_exceptions,
    "DescribeRemediationExceptions": exceptions.describe_remediation_exceptions,
    "DeleteRemediationExceptions": exceptions.delete_remediation_exceptions,
    "DescribeComplianceByConfigRule": evaluations.describe_compliance_by_config_rule,
    "GetComplianceDetailsByConfigRule": evaluations.get_compliance_details_by_config_rule,
    "GetComplianceDetailsByResource": evaluations.get_compliance_details_by_resource,
    "DescribeConfigRuleEvaluationStatus": evaluations.describe_config_rule_evaluation_status,
    "StartConfigRulesEvaluation": evaluations.start_config_rules_evaluation,
    "DescribeConfigurationRecorders": recorders.describe_configuration_recorders,
    "BatchGetResourceConfig": resources.batch_get_resource_config,
    "GetResourceConfigHistory": resources.get_resource_config_history,
}

Hook = Callable[[ConfigService, Place, Params], None]

#: What to check before, and to note after, an operation that moto does itself.
BEFORE: Mapping[str, Hook] = {"DeleteConfigRule": rules.check_delete_config_rule}
AFTER: Mapping[str, Hook] = {
    "PutConfigRule": rules.config_rule_was_put,
    "DeleteConfigRule": rules.config_rule_was_deleted,
    "PutConfigurationRecorder": recorders.configuration_recorder_was_put,
}
