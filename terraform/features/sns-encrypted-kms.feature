# From config/rules.yaml by generate_features.py: change it there.
Feature: sns-encrypted-kms
  Messages are stored unencrypted until they are delivered, personal data among them.

  Scenario: kms_master_key_id of aws_sns_topic is any
    Given I have aws_sns_topic defined
    Then it must have kms_master_key_id
    And its value must not be null
