"""What people ask and decide, in no chat product's terms: one module a verb."""
