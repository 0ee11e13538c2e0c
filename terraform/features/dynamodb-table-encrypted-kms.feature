# From config/rules.yaml by generate_features.py: change it there.
Feature: dynamodb-table-encrypted-kms
  The table is encrypted with a key that AWS owns: nobody here can see who used it, or take it away.

  Scenario: server_side_encryption.enabled of aws_dynamodb_table is true
    Given I have aws_dynamodb_table defined
    Then it must have server_side_encryption
    And it must have enabled
    And its value must be true
