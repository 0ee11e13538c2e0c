Feature: What cannot be read is kept, and somebody is told

  Scenario: Every queue that is read has a dead-letter queue
    Given I have aws_sqs_queue defined
    When its name is not ".*-dead-letter" regex
    Then it must have redrive_policy
    And its value must not be null

  # Control Tower owns its topics, and a dead-letter queue would have to be in its account.
  Scenario: What a topic cannot deliver goes to a dead-letter queue
    Given I have aws_sns_topic_subscription defined
    When its name metadata is not control_tower
    Then it must have redrive_policy
    And its value must not be null

  Scenario: A dead-letter queue keeps messages as long as it can
    Given I have aws_sqs_queue defined
    When its name is ".*-dead-letter" regex
    Then it must have message_retention_seconds
    And its value must be 1209600
