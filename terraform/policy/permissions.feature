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
      | policy                          |
      | aws_cloudwatch_event_bus_policy |
      | aws_iam_policy                  |
      | aws_iam_role_policy             |
      | aws_s3_bucket_policy            |
      | aws_sns_topic_policy            |
      | aws_sqs_queue_policy            |

  Scenario: No role's trust allows an action by a wildcard
    Given I have aws_iam_role defined
    When it has assume_role_policy
    Then it must have Statement
    When its Effect is Allow
    Then it must have Action
    And its value must not match the ".*[*].*" regex

  # The role's own policies are looked through as well, and name nobody.
  Scenario: No role may be taken on by everybody
    Given I have aws_iam_role defined
    When it has assume_role_policy
    Then it must have Statement
    When its Effect is Allow
    When it has Principal
    Then its value must not match the "^[*]$" regex

  Scenario: Administrators' policies are attached to nobody
    Given I have aws_iam_role_policy_attachment defined
    Then it must have policy_arn
    And its value must not match the ".*:policy/(AdministratorAccess|PowerUserAccess|IAMFullAccess)" regex
