Feature: Least privilege

  # A policy that names an ARN which AWS makes is not known in a plan: run this on the state as well (README).
  Scenario Outline: No policy allows an action by a wildcard
    Given I have <policy> defined
    When it has policy
    Then it must have Statement
    When its Effect is Allow
    Then it must have Action
    And its value must not match the ".*[*].*" regex

    Examples:
      | policy               |
      | aws_iam_role_policy  |
      | aws_iam_policy       |
      | aws_sns_topic_policy |
      | aws_sqs_queue_policy |

  Scenario: Administrators' policies are attached to nobody
    Given I have aws_iam_role_policy_attachment defined
    Then it must have policy_arn
    And its value must not match the ".*:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)" regex
