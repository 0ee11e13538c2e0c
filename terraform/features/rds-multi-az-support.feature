# From config/rules.yaml by generate_features.py: change it there.
Feature: rds-multi-az-support
  When the database's availability zone fails, or its host is replaced, the service that needs it is down until the database has been restored.

  Scenario: multi_az of aws_db_instance is true
    Given I have aws_db_instance defined
    Then it must have multi_az
    And its value must be true
