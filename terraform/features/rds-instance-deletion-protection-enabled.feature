# From config/rules.yaml by generate_features.py: change it there.
Feature: rds-instance-deletion-protection-enabled
  A mistake in a script, a console or a Terraform plan would delete the database for good.

  Scenario: deletion_protection of aws_db_instance is true
    Given I have aws_db_instance defined
    Then it must have deletion_protection
    And its value must be true
