# The modules access and delivery/forwarding, as CloudFormation.

locals {
  config_arn = "arn:$${AWS::Partition}:config:*:$${AWS::AccountId}"

  # Read as text: one StringEquals, of whichever of the two is asked for.
  caller_must_say = merge(
    { for value in [var.external_id] : "sts:ExternalId" => value if value != null },
    { for value in [var.organization_id] : "aws:PrincipalOrgID" => value if value != null },
  )

  access = {
    BotRole = {
      Type = "AWS::IAM::Role"
      Properties = merge(local.boundary, {
        RoleName    = var.role_name
        Description = "Lets the compliance bot read AWS Config's findings and start the remediations that people decide."
        AssumeRolePolicyDocument = {
          Version = "2012-10-17"
          Statement = [{
            Effect    = "Allow"
            Action    = ["sts:SetSourceIdentity", "sts:AssumeRole"]
            Principal = { AWS = "arn:$${AWS::Partition}:iam::${split(":", var.bot_role_arn)[4]}:root" }
            Condition = {
              for test, values in {
                ArnEquals    = { "aws:PrincipalArn" = var.bot_role_arn }
                StringEquals = local.caller_must_say
              } : test => values if length(values) > 0
            }
          }]
        }
        Policies = [{
          PolicyName = "config"
          PolicyDocument = {
            Version = "2012-10-17"
            Statement = [
              {
                Sid    = "ReadRulesAndExcept"
                Effect = "Allow"
                Action = [
                  "config:PutRemediationExceptions",
                  "config:GetResourceConfigHistory",
                  "config:GetComplianceDetailsByResource",
                  "config:DescribeConfigurationRecorders",
                  "config:DescribeConfigRules",
                  "config:DeleteRemediationExceptions",
                  "config:BatchGetResourceConfig",
                ]
                Resource = "*"
              },
              {
                Sid      = "ReadEvaluations"
                Effect   = "Allow"
                Action   = "config:GetComplianceDetailsByConfigRule"
                Resource = "${local.config_arn}:config-rule/*"
              },
              {
                Sid    = "RemediateAndFollow"
                Effect = "Allow"
                Action = [
                  "config:StartRemediationExecution",
                  "config:DescribeRemediationExecutionStatus",
                  "config:DescribeRemediationConfigurations",
                  "config:DescribeRemediationExceptions",
                ]
                Resource = "${local.config_arn}:remediation-configuration/*"
              },
              {
                Sid    = "ReadRunbooks"
                Effect = "Allow"
                Action = "ssm:DescribeDocument"
                Resource = [
                  "arn:$${AWS::Partition}:ssm:*::document/*",
                  "arn:$${AWS::Partition}:ssm:*:$${AWS::AccountId}:document/*",
                ]
              },
            ]
          }
        }]
      })
    }
  }

  forward_name = "${var.name_prefix}-forward"
  forwarding = {
    for id, resource in {
      ForwardRule = {
        Type = "AWS::Events::Rule"
        Properties = {
          Name        = local.forward_name
          Description = "AWS Config's events, for the compliance bot."
          EventPattern = {
            source      = ["aws.config"]
            detail-type = ["Config Rules Compliance Change", "Config Configuration Item Change"]
          }
          Targets = [{ Id = "event-bus", Arn = var.event_bus_arn, RoleArn = { "Fn::GetAtt" = ["ForwardRole", "Arn"] } }]
        }
      }

      ForwardRole = {
        Type = "AWS::IAM::Role"
        Properties = merge(local.boundary, {
          RoleName    = "${local.forward_name}-$${AWS::Region}"
          Description = "Forwards AWS Config's events to the compliance bot's event bus."
          AssumeRolePolicyDocument = {
            Version = "2012-10-17"
            Statement = [{
              Effect    = "Allow"
              Action    = "sts:AssumeRole"
              Principal = { Service = "events.amazonaws.com" }
              Condition = {
                StringEquals = { "aws:SourceAccount" = "$${AWS::AccountId}" }
                ArnEquals = {
                  "aws:SourceArn" = "arn:$${AWS::Partition}:events:$${AWS::Region}:$${AWS::AccountId}:rule/${local.forward_name}"
                }
              }
            }]
          }
          Policies = [{
            PolicyName = "put-events"
            PolicyDocument = {
              Version   = "2012-10-17"
              Statement = [{ Effect = "Allow", Action = "events:PutEvents", Resource = var.event_bus_arn }]
            }
          }]
        })
      }
    } : id => resource if local.forward
  }
}
