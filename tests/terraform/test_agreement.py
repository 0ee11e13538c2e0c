"""The catalogue, the playground, the module rules and the StackSets' template say the same."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from playground.aws.install import config_rule, remediation_configuration
from playground.aws.runbooks import ASSUME_ROLE

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "terraform" / "modules"
RULES = yaml.safe_load((ROOT / "config/rules.yaml").read_text(encoding="utf-8"))["rules"]
ACCOUNT = "123456789012"
REGION = "eu-west-2"

#: AWS's pages of its runbooks list them beside the actions of the service (FACTS §1).
RUNBOOK_ACTIONS = {"ssm:GetAutomationExecution", "ssm:StartAutomationExecution"}


def test_terraform_sets_up_the_rules_of_the_playground(terraform: Any) -> None:
    state = applied(terraform(MODULES / "rules"))

    found = {rule["name"]: _rule(rule) for rule in state.all("aws_config_config_rule")}

    assert found == {name: config_rule(name, rule, state.key) for name, rule in RULES.items()}


def test_terraform_sets_up_the_remediations_of_the_playground(terraform: Any) -> None:
    state = applied(terraform(MODULES / "rules"))
    names = list(RULES)

    found = {
        remediation["config_rule_name"]: _remediation(remediation)
        for remediation in state.all("aws_config_remediation_configuration")
    }

    assert list(found) == sorted(names)
    for name, rule in RULES.items():
        expected = remediation_configuration(
            name, rule["resource_type"], rule["remediation"], ACCOUNT, state.key
        )
        assert without_role(found[name]) == without_role(expected)


def test_a_role_may_do_what_the_catalogue_names(terraform: Any) -> None:
    policies = applied(terraform(MODULES / "rules")).all("aws_iam_role_policy")

    granted = {frozenset(actions(json.loads(policy["policy"])["Statement"])) for policy in policies}

    assert granted == {
        frozenset({*rule["remediation"]["iam_actions"], *RUNBOOK_ACTIONS})
        for rule in RULES.values()
    }


def test_the_template_is_the_module_rules(terraform: Any) -> None:
    module = applied(terraform(MODULES / "rules"))
    template = rendered(terraform, "plain", "rules", module.key)

    assert {rule["ConfigRuleName"]: rule for rule in template.all("AWS::Config::ConfigRule")} == {
        rule["name"]: {
            "ConfigRuleName": rule["name"],
            "Description": rule["description"],
            **{
                key: json.loads(value) if key == "InputParameters" else value
                for key, value in _rule(rule).items()
            },
        }
        for rule in module.all("aws_config_config_rule")
    }
    assert template.remediations() == {
        remediation["config_rule_name"]: _remediation(remediation)
        for remediation in module.all("aws_config_remediation_configuration")
    }
    assert template.roles() == module.roles()
    assert [key["KeyPolicy"] for key in template.all("AWS::KMS::Key")] == [
        json.loads(key["policy"]) for key in module.all("aws_kms_key")
    ]


def test_the_templates_own_runbooks_are_the_module_rules(terraform: Any) -> None:
    module = applied(terraform(MODULES / "rules", "--var", "own_documents=true"))
    template = rendered(terraform, "recorder", "rules", module.key)

    assert {
        document["Name"]: document["Content"] for document in template.all("AWS::SSM::Document")
    } == {
        document["name"]: yaml.safe_load(document["content"])
        for document in module.all("aws_ssm_document")
    }
    assert template.remediations() == {
        remediation["config_rule_name"]: _remediation(remediation)
        for remediation in module.all("aws_config_remediation_configuration")
    }


def test_the_templates_recorder_is_the_module_recorder(terraform: Any) -> None:
    module = applied(terraform(MODULES / "recorder", "--var", "frequency=DAILY"))
    template = rendered(terraform, "recorder", "rules", "")
    [recorder] = module.all("aws_config_configuration_recorder")
    [bucket_policy] = module.all("aws_s3_bucket_policy")
    [theirs] = template.all("AWS::Config::ConfigurationRecorder")
    [their_policy] = template.all("AWS::S3::BucketPolicy")

    types = recorder["recording_group"][0]["resource_types"]
    assert theirs["RecordingGroup"]["ResourceTypes"] == sorted(types)
    assert theirs["RecordingMode"]["RecordingFrequency"] == "DAILY"
    assert statements(their_policy["PolicyDocument"]) == statements(
        json.loads(bucket_policy["policy"])
    )
    assert template.roles()[f"compliance-recorder-{REGION}"] == next(iter(module.roles().values()))


def test_the_templates_role_for_the_bot_is_the_module_access(terraform: Any) -> None:
    given = MODULES / "organisation/tests/forwarding.tfvars"
    wanted = ["bot_role_arn", "external_id", "organization_id"]
    values = dict(
        line.replace('"', "").split(" = ")
        for line in (" ".join(text.split()) for text in given.read_text().splitlines())
        if line.split(" ")[0] in wanted
    )
    options = [option for name in wanted for option in ("--var", f"{name}={values[name]}")]

    module = applied(terraform(MODULES / "access", *options))
    template = rendered(terraform, "forwarding", "access", "")

    assert template.roles() == module.roles()


def test_the_templates_forwarding_is_the_module_forwarding(terraform: Any) -> None:
    bus = "arn:aws:events:eu-west-2:999900001111:event-bus/compliance-bot"
    options = ["--var", f"event_bus_arn={bus}", "--var", "name_prefix=compliance"]

    module = applied(terraform(MODULES / "delivery/forwarding", *options))
    template = rendered(terraform, "forwarding", "rules", "")

    [rule] = module.all("aws_cloudwatch_event_rule")
    [theirs] = template.all("AWS::Events::Rule")
    assert _sorted(theirs["EventPattern"]) == _sorted(json.loads(rule["event_pattern"]))
    name = f"compliance-forward-{REGION}"
    assert template.roles()[name] == module.roles()[name]


def test_a_key_and_a_role_made_in_the_same_plan_are_used_and_no_others_made(terraform: Any) -> None:
    state = applied(terraform(Path(__file__).parent / "plans/same"))
    [key] = state.all("aws_kms_key")
    [recorder] = state.all("aws_config_configuration_recorder")

    keys = {
        resource
        for policy in state.all("aws_iam_role_policy")
        for statement in json.loads(policy["policy"])["Statement"]
        for resource in statement["Resource"]
        if ":kms:" in resource
    }

    assert keys == {key["arn"]}
    assert recorder["role_arn"] == f"arn:aws:iam::{ACCOUNT}:role/recorder"


# --- what Terraform made


class Applied:
    """The resources of a state, child modules' too."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._resources = list(_resources(values["root_module"]))
        self.key = next((key["arn"] for key in self.all("aws_kms_key")), "")

    def all(self, type_: str) -> list[dict[str, Any]]:
        return [
            resource["values"]
            for resource in self._resources
            if resource["type"] == type_ and resource["mode"] == "managed"
        ]

    def roles(self) -> dict[str, Any]:
        """Return each role's trust and rights by its name."""
        rights = {
            policy["role"]: statements(json.loads(policy["policy"]))
            for policy in self.all("aws_iam_role_policy")
        }
        return {
            role["name"]: (statements(json.loads(role["assume_role_policy"])), rights[role["name"]])
            for role in self.all("aws_iam_role")
        }


def applied(values: Mapping[str, Any]) -> Applied:
    return Applied(values)


def _resources(module: Mapping[str, Any]) -> Iterable[Any]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as PutConfigRule takes it."""
    [source], [scope] = rule["source"], rule["scope"]
    said = {
        "ConfigRuleName": rule["name"],
        "Source": {"Owner": source["owner"], "SourceIdentifier": source["source_identifier"]},
        "Scope": {"ComplianceResourceTypes": scope["compliance_resource_types"]},
    }
    if rule["input_parameters"]:
        parameters = json.dumps(json.loads(rule["input_parameters"]))
        said["InputParameters"] = parameters
    return said


def _remediation(remediation: Mapping[str, Any]) -> dict[str, Any]:
    """Return a remediation as PutRemediationConfigurations takes it."""
    return {
        "ConfigRuleName": remediation["config_rule_name"],
        "TargetType": remediation["target_type"],
        "TargetId": remediation["target_id"],
        "ResourceType": remediation["resource_type"],
        "Automatic": remediation["automatic"],
        "Parameters": {
            parameter["name"]: {"ResourceValue": {"Value": parameter["resource_value"]}}
            if parameter["resource_value"]
            else {"StaticValue": {"Values": [parameter["static_value"]]}}
            for parameter in remediation["parameter"]
        },
    }


def without_role(remediation: Mapping[str, Any]) -> dict[str, Any]:
    """The playground names its roles by the rule, Terraform by the runbook."""
    parameters = dict(remediation["Parameters"])
    assert parameters.pop(ASSUME_ROLE)["StaticValue"]["Values"][0].startswith("arn:aws:iam::")
    return {**remediation, "Parameters": parameters}


# --- what CloudFormation would make of a template


class Template:
    """A template's resources in one account and Region."""

    def __init__(self, text: str, key: str) -> None:
        self._names = {
            "${AWS::Partition}": "aws",
            "${AWS::Region}": REGION,
            "${AWS::AccountId}": ACCOUNT,
            "${Key.Arn}": key,
        }
        self._resources = json.loads(text)["Resources"]

    def all(self, type_: str) -> list[Any]:
        return [
            self._filled(resource["Properties"])
            for resource in self._resources.values()
            if resource["Type"] == type_
        ]

    def remediations(self) -> dict[str, Any]:
        return {
            remediation["ConfigRuleName"]: remediation
            for remediation in self.all("AWS::Config::RemediationConfiguration")
        }

    def roles(self) -> dict[str, Any]:
        return {
            role["RoleName"]: (
                statements(role["AssumeRolePolicyDocument"]),
                statements(role["Policies"][0]["PolicyDocument"]),
            )
            for role in self.all("AWS::IAM::Role")
        }

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Fn::Sub"}:
            text = value["Fn::Sub"]
            for name, meaning in self._names.items():
                text = text.replace(name, meaning)
            assert "${" not in text
            return text
        if set(value) == {"Fn::GetAtt"}:
            role = self._resources[value["Fn::GetAtt"][0]]["Properties"]
            return f"arn:aws:iam::{ACCOUNT}:role/{self._filled(role.get('RoleName'))}"
        if set(value) == {"Ref"}:
            return self._named(value["Ref"])
        return {name: self._filled(item) for name, item in value.items()}

    def _named(self, id_: str) -> str:
        properties = self._resources.get(id_, {}).get("Properties", {})
        named = [properties[key] for key in ("ConfigRuleName", "Name") if key in properties]
        return str(self._filled(named[0])) if named else id_


def rendered(terraform: Any, variables: str, stack: str, key: str) -> Template:
    folder = MODULES / "organisation"
    values = terraform(folder, "--var-file", folder / "tests" / f"{variables}.tfvars")
    return Template(values["outputs"]["templates"]["value"][stack], key)


def statements(policy: Mapping[str, Any]) -> Any:
    """Return a policy's statements in one form: one of a thing and a list of it mean the same."""
    found = policy["Statement"]
    return [_sorted(statement) for statement in (found if isinstance(found, list) else [found])]


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted(value) if len(value) != 1 else value[0]
    return value


def actions(found: Iterable[Mapping[str, Any]]) -> set[str]:
    return {action for statement in found for action in statement["Action"]}
