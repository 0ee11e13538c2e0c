"""The environment in which a benchmark runs the bot: a local queue, a new ledger, no chat."""

from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]


def environment(queue_url: str, database_url: str) -> dict[str, str]:
    """Return the variables; Slack would be asked only if there were something to tell."""
    parts = urlsplit(queue_url)
    return {
        "COMPLIANCE_CONFIG": str(ROOT / "config"),
        "DATABASE_URL": database_url,
        "QUEUE_URLS": queue_url,
        "SLACK_API_URL": "http://127.0.0.1:9/",
        "SLACK_BOT_TOKEN": "of the benchmark",
        "SLACK_SIGNING_SECRET": "of the benchmark",
        "AWS_ENDPOINT_URL": f"{parts.scheme}://{parts.netloc}",
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "HTTP_PORT": "0",
    }
