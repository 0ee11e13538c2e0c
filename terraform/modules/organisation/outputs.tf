output "stack_set_ids" {
  description = "The StackSets: rules, in every chosen Region, and access, in one."
  value       = { for name, stack_set in aws_cloudformation_stack_set.this : name => stack_set.stack_set_id }
}

output "templates" {
  description = "The CloudFormation templates, such as for Customizations for AWS Control Tower."
  value       = { for name, stack in local.stacks : name => stack.template }
}
