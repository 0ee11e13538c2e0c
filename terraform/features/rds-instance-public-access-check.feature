# From config/rules.yaml by generate_features.py: change it there.
Feature: rds-instance-public-access-check
  The database has a public address, so only its security group and passwords stand between it and everybody on the internet.

  Scenario: publicly_accessible of aws_db_instance is false
    Given I have aws_db_instance defined
    Then it must have publicly_accessible
    And its value must not be true
