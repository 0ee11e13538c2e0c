Feature: Everything is encrypted, with a key of ours where the service takes one

  Scenario: Queues
    Given I have aws_sqs_queue defined
    Then it must have kms_master_key_id
    And its value must not be null

  Scenario: Topics
    Given I have aws_sns_topic defined
    Then it must have kms_master_key_id
    And its value must not be null

  Scenario: File systems
    Given I have aws_efs_file_system defined
    Then it must have encrypted
    And its value must be true

  Scenario: Databases
    Given I have aws_db_instance defined
    Then it must have storage_encrypted
    And its value must be true

  Scenario: Secrets
    Given I have aws_secretsmanager_secret defined
    Then it must have kms_key_id
    And its value must not be null

  Scenario: Logs
    Given I have aws_cloudwatch_log_group defined
    Then it must have kms_key_id
    And its value must not be null

  Scenario: Buckets
    Given I have aws_s3_bucket defined
    Then it must have aws_s3_bucket_server_side_encryption_configuration

  Scenario: Files on their way to a task
    Given I have aws_ecs_task_definition defined
    When it has volume
    When it has efs_volume_configuration
    Then it must have transit_encryption
    And its value must match the "ENABLED" regex

  Scenario: Keys are changed every year
    Given I have aws_kms_key defined
    Then it must have enable_key_rotation
    And its value must be true
