# From config/rules.yaml by generate_features.py: change it there.
Feature: dynamodb-pitr-enabled
  Items that a mistake or an attacker overwrote or deleted are lost; with point-in-time recovery the table comes back as it was at any second of the last 35 days.

  Scenario: point_in_time_recovery.enabled of aws_dynamodb_table is true
    Given I have aws_dynamodb_table defined
    Then it must have point_in_time_recovery
    And it must have enabled
    And its value must be true
