"""Who may assume each role that Terraform or the StackSets' templates make, written out whole.

A role that the wrong service can assume does nothing at all, and one that anybody can is a way in;
neither shows in what the role may do.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.test_agreement import Applied, Template, applied, rendered, statements

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "terraform" / "modules"
ACCOUNT, REGION = "123456789012", "eu-west-2"
BOT = "arn:aws:iam::999900001111:role/compliance-bot-task"
BUS = "arn:aws:events:eu-west-2:999900001111:event-bus/compliance-bot"


def assumed_by(
    principal: dict[str, str],
    *,
    action: str | list[str] = "sts:AssumeRole",
    **condition: dict[str, str],
) -> list[dict[str, Any]]:
    """Return the one statement of a trust policy that lets *principal* in, under *condition*."""
    return [
        {
            "Effect": "Allow",
            "Action": action,
            "Principal": principal,
            "Condition": condition,
        }
    ]


#: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
SYSTEMS_MANAGER = assumed_by(
    {"Service": "ssm.amazonaws.com"},
    StringEquals={"aws:SourceAccount": ACCOUNT},
    ArnLike={"aws:SourceArn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:automation-execution/*"},
)
#: https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html
CONFIG = assumed_by(
    {"Service": "config.amazonaws.com"}, StringEquals={"aws:SourceAccount": ACCOUNT}
)
#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
ECS = assumed_by(
    {"Service": "ecs-tasks.amazonaws.com"},
    StringEquals={"aws:SourceAccount": ACCOUNT},
    ArnLike={"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
)
#: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
EVENTBRIDGE = assumed_by(
    {"Service": "events.amazonaws.com"},
    StringEquals={"aws:SourceAccount": ACCOUNT},
    ArnEquals={"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/compliance-forward"},
)
THE_BOT = assumed_by(
    {"AWS": "arn:aws:iam::999900001111:root"},
    action=["sts:AssumeRole", "sts:SetSourceIdentity"],
    ArnEquals={"aws:PrincipalArn": BOT},
)

#: What each module that makes roles is planned with, and who may assume those roles.
PLANS: dict[str, tuple[list[str | Path], list[dict[str, Any]]]] = {
    "access": (["--var", f"bot_role_arn={BOT}"], THE_BOT),
    "bot": (["--var-file", MODULES / "bot/tests/plain.tfvars"], ECS),
    "delivery/forwarding": (
        ["--var", f"event_bus_arn={BUS}", "--var", "name_prefix=compliance"],
        EVENTBRIDGE,
    ),
    "recorder": ([], CONFIG),
    "rules": ([], SYSTEMS_MANAGER),
}

#: Roles of the templates by what their names begin with, the longest first.
TEMPLATES = {
    ("plain", "access"): {"compliance-bot": THE_BOT},
    ("plain", "rules"): {"compliance-": SYSTEMS_MANAGER},
    ("recorder", "rules"): {"compliance-recorder-": CONFIG, "compliance-": SYSTEMS_MANAGER},
    ("forwarding", "rules"): {
        "compliance-forward-": EVENTBRIDGE,
        "compliance-": SYSTEMS_MANAGER,
    },
}


@pytest.mark.parametrize("module", PLANS)
def test_a_modules_roles_can_be_assumed_by_the_one_they_are_for(
    module: str, terraform: Any
) -> None:
    arguments, expected = PLANS[module]

    found = trusts(applied(terraform(MODULES / module, *arguments)))

    assert found == dict.fromkeys(found, expected)
    assert found


@pytest.mark.parametrize(("variables", "stack"), TEMPLATES)
def test_a_templates_roles_can_be_assumed_by_the_one_they_are_for(
    variables: str, stack: str, terraform: Any
) -> None:
    expected = TEMPLATES[variables, stack]

    found = trusts_of(rendered(terraform, variables, stack, ""))

    assert found == {
        name: next(trust for start, trust in expected.items() if name.startswith(start))
        for name in found
    }
    assert len(found) >= len(expected)


def test_every_module_that_makes_a_role_is_looked_at() -> None:
    makers = {
        str(path.parent.relative_to(MODULES))
        for path in MODULES.rglob("*.tf")
        if '"aws_iam_role"' in path.read_text(encoding="utf-8")
    }

    assert makers == set(PLANS)


def trusts(state: Applied) -> dict[str, Any]:
    return {
        role["name"]: statements(json.loads(role["assume_role_policy"]))
        for role in state.all("aws_iam_role")
    }


def trusts_of(template: Template) -> dict[str, Any]:
    return {
        role["RoleName"]: statements(role["AssumeRolePolicyDocument"])
        for role in template.all("AWS::IAM::Role")
    }
