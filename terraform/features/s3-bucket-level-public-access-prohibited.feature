# From config/rules.yaml by generate_features.py: change it there.
Feature: s3-bucket-level-public-access-prohibited
  A policy or an access list on this bucket could make its contents readable by anybody on the internet. Most of the large leaks from AWS accounts began like this.

  Scenario: Every aws_s3_bucket has aws_s3_bucket_public_access_block
    Given I have aws_s3_bucket defined
    Then it must have aws_s3_bucket_public_access_block

  Scenario: block_public_acls of aws_s3_bucket_public_access_block is true
    Given I have aws_s3_bucket_public_access_block defined
    Then it must have block_public_acls
    And its value must be true

  Scenario: block_public_policy of aws_s3_bucket_public_access_block is true
    Given I have aws_s3_bucket_public_access_block defined
    Then it must have block_public_policy
    And its value must be true

  Scenario: ignore_public_acls of aws_s3_bucket_public_access_block is true
    Given I have aws_s3_bucket_public_access_block defined
    Then it must have ignore_public_acls
    And its value must be true

  Scenario: restrict_public_buckets of aws_s3_bucket_public_access_block is true
    Given I have aws_s3_bucket_public_access_block defined
    Then it must have restrict_public_buckets
    And its value must be true
