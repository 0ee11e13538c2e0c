"""Where AWS's console shows a finding's rule. Pure."""

from urllib.parse import quote

from compliance.change import FindingKey

#: Where each partition has its console; there is no link into one that is not listed.
#: https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html, and of the European Sovereign
#: Cloud https://docs.aws.eu/general/latest/gr/endpoints.html
_CONSOLES = (
    ("cn-", "amazonaws.cn"),
    ("us-gov-", "amazonaws-us-gov.com"),
    ("eusc-", "amazonaws-eusc.eu"),
    ("us-iso", ""),
    ("eu-iso", ""),
)
_USUAL_CONSOLE = "aws.amazon.com"


def console_url(key: FindingKey) -> str:
    """Return the page of AWS Config's console that shows the key's rule, empty if none is known.

    *key* has the rule's name as AWS has it.
    """
    region = key.region
    console = next((each for begin, each in _CONSOLES if region.startswith(begin)), _USUAL_CONSOLE)
    if not console:
        return ""
    return (
        f"https://{region}.console.{console}/config/home?region={region}"
        f"#/rules/details?configRuleName={quote(key.rule, safe='')}"
    )
