# The catalogue, read and checked, and what follows from it in every account: made once, for the
# module rules (as resources) and the module organisation (as a template), which must be the same.

locals {
  placeholder = "$${kms_key_arn}"

  # Whatever is missing or of the wrong type becomes empty here and a fault below, so that people
  # read a sentence about the catalogue and not one about an expression.
  file    = file(var.catalogue_file)
  read    = try(yamldecode(local.file), null)
  entries = try({ for name in keys(local.read.rules) : name => local.read.rules[name] }, {})

  groups = {
    for name, entry in local.entries : name => {
      entry                    = entry
      remediation              = try(entry.remediation, null)
      parameters               = try(entry.parameters, {})
      "remediation.parameters" = try(entry.remediation.parameters, null)
    }
  }

  # A text is what JSON quotes: tostring alone would take 5 for one. A list has no keys.
  texts = {
    for name, groups in local.groups : name => {
      for group, given in groups : group => {
        for key in try(keys(given), []) : key => try(startswith(jsonencode(given[key]), "\"") ? tostring(given[key]) : "", "")
      }
    }
  }

  catalogue = {
    for name, text in local.texts : name => {
      identifier    = lookup(text.entry, "identifier", "")
      resource_type = lookup(text.entry, "resource_type", "")
      title         = lookup(text.entry, "title", "")
      parameters    = text.parameters

      runbook                = lookup(text.remediation, "runbook", "")
      resource_parameter     = lookup(text.remediation, "resource_parameter", "")
      remediation_parameters = text["remediation.parameters"]
      actions                = try([for action in tolist(local.entries[name].remediation.iam_actions) : tostring(action)], [])

      unknown = flatten([for group, known in local.known : tolist(setsubtract(keys(text[group]), known))])
      unnamed = [for group in ["parameters", "remediation.parameters"] : group if !can(keys(local.groups[name][group]))]
    }
  }

  # As config/catalogue.py has it: what is misspelt would not be applied.
  known = {
    entry = [
      "by_hand", "category", "decision", "identifier", "impact", "parameters", "remediation", "resource_type", "review",
      "security_hub", "severity", "terraform", "title", "why", "wrong",
    ]
    remediation = ["iam_actions", "in_maintenance_window", "parameters", "resource_parameter", "runbook"]
  }

  selected = {
    for name, rule in local.catalogue : name => merge(rule, {
      parameters = {
        for key, value in merge(rule.parameters, lookup(var.parameters, name, {})) : key => value == null ? "" : value
      }
      remediation_parameters = {
        for key, value in merge(rule.remediation_parameters, lookup(var.remediation_parameters, name, {})) :
        key => value == null ? "" : value
      }
    }) if var.rules == null ? true : contains(var.rules, name)
  }

  needs_key = anytrue(flatten([
    for rule in local.selected : [
      [for value in values(rule.parameters) : strcontains(value, local.placeholder)],
      [for value in values(rule.remediation_parameters) : strcontains(value, local.placeholder)],
      [for action in rule.actions : startswith(action, "kms:")],
    ]
  ]))
}

# --- what is wrong with the catalogue, or with what was chosen from it

locals {
  # Those that local.resources has ARNs for; not read from it, for the ARNs depend on the account
  # that is only looked up when the catalogue is right.
  services = ["dynamodb", "kms", "lambda", "rds", "s3", "sns"]

  # What was chosen over the catalogue's own is held to the same.
  checked = merge(local.catalogue, local.selected)

  file_faults = concat(
    local.read != null ? [] : ["${var.catalogue_file}: expected YAML, with rules in it"],
    [for key in try(setsubtract(keys(local.read), ["exception_policy", "rules"]), []) : "${key}: expected nothing beside rules and exception_policy"],
    length(local.entries) > 0 ? [] : ["rules: expected at least one rule, by name"],
  )

  entry_faults = flatten([
    for name, rule in local.checked : [
      for fault, found in {
        "the name: expected at most 64 letters, digits, - and _" = !can(regex("^[A-Za-z0-9_-]{1,64}$", name))
        "identifier: expected AWS's own, like SNS_ENCRYPTED_KMS" = !can(regex("^[A-Z0-9_]+$", rule.identifier))
        "resource_type: expected a type like AWS::S3::Bucket"    = !can(regex("^AWS::\\w+::\\w+$", rule.resource_type))
        "title: expected a text"                                 = trimspace(rule.title) == ""
        "remediation.runbook: expected a document's name"        = !can(regex("^[A-Za-z][A-Za-z0-9-]{0,63}$", rule.runbook))
        "remediation.resource_parameter: expected the runbook's own name for the resource's id" = (
          !can(regex("^[A-Za-z0-9]+$", rule.resource_parameter))
        )
        "remediation.iam_actions: expected actions like s3:GetObject" = length(rule.actions) == 0 || !alltrue([
          for action in rule.actions : can(regex("^[a-z0-9-]+:[A-Za-z]+$", action))
        ])
        "remediation.iam_actions: expected services that this module has resources for: ${join(", ", local.services)}" = !alltrue([
          for action in rule.actions : contains(local.services, split(":", action)[0])
        ])
        "expected no ${join(", ", rule.unknown)}"                                  = length(rule.unknown) > 0
        "${join(" and ", rule.unnamed)}: expected values by name, or {}"           = length(rule.unnamed) > 0
        "parameters: expected at most ${local.longest.parameters} letters as JSON" = length(jsonencode(rule.parameters)) > local.longest.parameters
        "remediation.parameters: expected neither AutomationAssumeRole nor the resource_parameter, which are filled in" = anytrue([
          for key in keys(rule.remediation_parameters) : contains(["AutomationAssumeRole", rule.resource_parameter], key)
        ])
      } : "${name}: ${fault}" if found
    ]
  ])

  # InputParameters of a rule is one JSON text; a runbook's parameter is a text of its own.
  # https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
  # https://docs.aws.amazon.com/config/latest/APIReference/API_StaticValue.html
  longest = { parameters = 1024, "remediation.parameters" = 256 }

  value_faults = flatten([
    for name, rule in local.checked : [
      for group, values in { parameters = rule.parameters, "remediation.parameters" = rule.remediation_parameters } : [
        for key, value in values : [
          for fault, found in {
            "expected a text of 1 to ${local.longest[group]} letters, several values with commas"            = trimspace(value) == "" || length(value) > local.longest[group]
            "expected no placeholder but ${local.placeholder}"                                               = can(regex("[$][{]", replace(value, local.placeholder, "")))
            "expected ${local.placeholder}: the role may use that key only, kms_key_arn of the module rules" = group != "parameters" && can(regex("^arn:[a-z-]+:kms:", value))
          } : "${name}: ${group}.${key}: ${fault}" if found
        ]
      ]
    ]
  ])

  # CloudFormation's ids have neither, and two rules would become one.
  alike = { for name in keys(local.catalogue) : lower(replace(name, "/[-_]/", "")) => name... }
  alike_faults = flatten([
    for names in local.alike : [
      for name in slice(names, 1, length(names)) :
      "${name}: expected a name that differs from ${names[0]} in more than -, _ and capitals"
    ]
  ])

  choice_faults = [
    for name in distinct(flatten([
      tolist(coalesce(var.rules, [])), tolist(var.automatic),
      keys(var.parameters), keys(var.remediation_parameters), keys(var.scope_tags),
    ])) : "${name}: chosen, but not in the catalogue" if !contains(keys(local.catalogue), name)
  ]

  document_faults = [
    for runbook, own in local.own : "${runbook}: expected a document ${runbook}.yaml in documents_folder, or a runbook of AWS's"
    if own && !can(keys(yamldecode(file(local.documents[runbook]))))
  ]

  faults = concat(
    local.file_faults, local.entry_faults, local.value_faults, local.alike_faults, local.choice_faults, local.document_faults,
  )
}

# --- one role a runbook

locals {
  documents = merge([
    for folder in ["${path.module}/documents", var.documents_folder] : {
      for file in fileset(folder, "*.yaml") : trimsuffix(file, ".yaml") => "${folder}/${file}"
    } if folder != null
  ]...)

  # The narrowest ARNs that still match whatever AWS Config hands to a runbook in this account and
  # Region. A bucket's ARN names no account, so a condition does.
  arn = "arn:${var.partition}"
  resources = {
    dynamodb = ["${local.arn}:dynamodb:${var.region}:${var.account_id}:table/*"]
    kms      = [var.kms_key_arn == null ? "" : var.kms_key_arn]
    lambda   = ["${local.arn}:lambda:${var.region}:${var.account_id}:function:*"]
    rds      = ["${local.arn}:rds:${var.region}:${var.account_id}:db:*"]
    s3       = ["${local.arn}:s3:::*"]
    sns      = ["${local.arn}:sns:${var.region}:${var.account_id}:*"]
  }

  # Actions that need a statement of their own. S3 knows no resource for an account's own block:
  # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
  kinds = {
    "kms:CreateGrant"                = "KmsGrant"
    "s3:GetAccountPublicAccessBlock" = "S3Account"
    "s3:PutAccountPublicAccessBlock" = "S3Account"
  }
  resources_of_kinds = { S3Account = ["*"] }
  conditions = {
    # Only a service that encrypts on the role's behalf may be given the key, never a person.
    KmsGrant = { Bool = { "kms:GrantIsForAWSResource" = "true" } }
    S3       = { StringEquals = { "aws:ResourceAccount" = var.account_id } }
  }

  runbooks = { for name, rule in local.selected : rule.runbook => name... if rule.runbook != "" }
  own      = { for runbook in keys(local.runbooks) : runbook => var.own_documents || !startswith(runbook, "AWS") }
  short    = { for runbook in keys(local.runbooks) : runbook => replace(runbook, "/^AWS(ConfigRemediation)?-/", "") }

  grouped = {
    for runbook, names in local.runbooks : runbook => {
      for action in sort(distinct(flatten([for name in names : local.selected[name].actions]))) :
      lookup(local.kinds, action, title(split(":", action)[0])) => action...
    }
  }

  roles = {
    for runbook, names in local.runbooks : runbook => {
      rules    = names
      own      = local.own[runbook]
      document = local.own[runbook] ? "${var.name_prefix}-${local.short[runbook]}" : runbook

      # A role's name has 64 letters and is one for all Regions, whose longest name has 15 letters.
      # What is cut off the runbook's name, its hash tells apart.
      name = join("-", [
        var.name_prefix,
        substr(local.short[runbook], 0, 38 - length(var.name_prefix)),
        substr(sha256(runbook), 0, 8),
        var.region,
      ])

      statements = concat(
        [
          for kind, actions in local.grouped[runbook] : {
            for key, value in {
              Sid    = kind
              Effect = "Allow"
              Action = actions
              Resource = try(
                local.resources_of_kinds[kind], local.resources[lower(split("Grant", kind)[0])], ["unknown"]
              )
              Condition = try(local.conditions[kind], null)
            } : key => value if value != null
          }
        ],
        # AWS's pages list these two beside the service's own for each of its runbooks. No runbook
        # in the catalogue starts another, and without iam:PassRole this role could not either.
        [
          for own in [local.own[runbook]] : {
            Sid    = "Runbook"
            Effect = "Allow"
            Action = ["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"]
            Resource = [
              "${local.arn}:ssm:${var.region}::automation-definition/${runbook}:*",
              "${local.arn}:ssm:${var.region}:${var.account_id}:automation-execution/*",
            ]
          } if !own
        ],
      )
    }
  }

  # https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-iam.html
  trust = [{
    Effect    = "Allow"
    Action    = ["sts:AssumeRole"]
    Principal = { Service = ["ssm.amazonaws.com"] }
    Condition = {
      StringEquals = { "aws:SourceAccount" = var.account_id }
      ArnLike      = { "aws:SourceArn" = "${local.arn}:ssm:${var.region}:${var.account_id}:automation-execution/*" }
    }
  }]
}

# --- the key for topics and tables

locals {
  # A service that may not use the key loses its messages silently. EventBridge's calls carry no
  # aws:SourceAccount to judge by; the topic that the key is used for is in the context.
  # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  key_statements = [
    {
      Sid       = "Account"
      Effect    = "Allow"
      Action    = ["kms:*"]
      Resource  = ["*"]
      Principal = { AWS = ["${local.arn}:iam::${var.account_id}:root"] }
    },
    {
      Sid       = "Publishers"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = ["*"]
      Principal = { Service = sort(var.publishing_services) }
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    },
    {
      Sid       = "EventBridge"
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
      Resource  = ["*"]
      Principal = { Service = ["events.amazonaws.com"] }
      Condition = {
        ArnLike = { "kms:EncryptionContext:aws:sns:topicArn" = "${local.arn}:sns:${var.region}:${var.account_id}:*" }
      }
    },
  ]
}
