# From config/rules.yaml by generate_features.py: change it there.
Feature: lambda-function-xray-enabled
  Without traces you cannot see which call made a request slow or made it fail.

  Scenario: tracing_config.mode of aws_lambda_function is Active
    Given I have aws_lambda_function defined
    Then it must have tracing_config
    And it must have mode
    And its value must be Active
