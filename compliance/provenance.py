"""What code may manage a resource: the tags that hint at it, and what to change there. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.policy import AnyRule

#: What AWS and its tools leave on a resource: a tag, and the tool that it hints at; where that is
#: empty, the tag's value names the tool. People write such tags by hand and copy them, so that a
#: tag is a hint and not a proof.
_HINTS_AT = (
    ("aws:cloudformation:stack-name", "CloudFormation"),
    ("aws:servicecatalog:provisionedProductArn", "Service Catalog"),
    ("terraform-managed", "Terraform"),
    ("terraform", "Terraform"),
    ("ManagedBy", ""),
    ("managed-by", ""),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A tag of a resource, and the tool that may manage the resource by it."""

    tool: str
    tag: str
    value: str

    def __str__(self) -> str:
        return f"{self.tag}={self.value}"


def managed_by(tags: Mapping[str, str]) -> Hint | None:
    """Return what hints at a tool that manages a resource with these *tags*."""
    for tag, tool in _HINTS_AT:
        value = tags.get(tag, "").strip()
        if value and value.lower() not in {"false", "no", "0"}:
            return Hint(tool or value, tag, value)
    return None


def undone_by(hint: Hint, rule: AnyRule) -> str:
    """Say why a fix may not last where *hint* is right, and what to change instead."""
    undone = (
        f"{hint.tool} may manage this resource (its tag {hint}). If it does, its next deploy may "
        "undo a fix made here."
    )
    return f"{undone} {at_the_source([hint.tool], rule)}"


def at_the_source(tools: Iterable[str], rule: AnyRule) -> str:
    """Say what to change in the code of *tools*; the catalogue knows it in Terraform's words."""
    if rule.terraform is None or not any("terraform" in tool.lower() for tool in tools):
        return "Fix it in the code that deploys this resource."
    source = f"{rule.terraform.resource}: {rule.terraform.attribute}"
    return f"Change this at the source instead: {source}"
