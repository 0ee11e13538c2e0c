Feature: Nothing is open to the internet

  # A load balancer for Slack over HTTP breaks this on purpose: see the module bot.
  Scenario Outline: No rule lets the whole internet in
    Given I have aws_vpc_security_group_ingress_rule defined
    When it has <range>
    Then its value must not match the "<everybody>" regex

    Examples:
      | range     | everybody       |
      | cidr_ipv4 | 0[.]0[.]0[.]0/0 |
      | cidr_ipv6 | ::/0            |

  Scenario Outline: No rule of the older kind does either
    Given I have aws_security_group_rule defined
    When its type is ingress
    When it has <ranges>
    Then its value must not match the "<everybody>" regex

    Examples:
      | ranges           | everybody       |
      | cidr_blocks      | 0[.]0[.]0[.]0/0 |
      | ipv6_cidr_blocks | ::/0            |

  Scenario: Ingress is a rule of its own
    Given I have aws_security_group defined
    When it has ingress
    Then it must not have cidr_blocks

  Scenario: Databases have no public address
    Given I have aws_db_instance defined
    Then it must have publicly_accessible
    And its value must be false

  Scenario: Tasks have no public address
    Given I have aws_ecs_service defined
    When it has network_configuration
    Then it must have assign_public_ip
    And its value must be false

  Scenario: Buckets block public access
    Given I have aws_s3_bucket defined
    Then it must have aws_s3_bucket_public_access_block
