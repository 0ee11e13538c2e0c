"""What of the environment nobody may read, and how a text is shown without it. Pure."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

#: Variables whose whole value is secret.
SECRET = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "TEAMS_CLIENT_SECRET",
    "ALLOWLIST_GIT_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
#: URLs in which a password can stand: before the host, or in the query.
_URLS = re.compile(r"(?:DATABASE|ALLOWLIST|SLACK_API|AWS_ENDPOINT)_URL\w*|QUEUE_URLS|\w+_PROXY",
                   re.IGNORECASE)  # fmt: skip
#: What the query of ALLOWLIST_URL names, and every message about the allowlist as well.
_PLAIN = {"branch", "path", "mode"}
#: Shorter ones protect nothing, and stand in every other word.
_SHORTEST = 6
_HIDDEN = "(hidden)"


class Veil:
    """Takes secrets out of a text, whole or in the pieces into which they break."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        pieces = {piece for secret in secrets for piece in _pieces(secret)}
        longest_first = sorted(pieces, key=lambda piece: (-len(piece), piece))
        self._secret = re.compile("|".join(map(re.escape, longest_first))) if pieces else None

    def __call__(self, text: str) -> str:
        return self._secret.sub(_HIDDEN, text) if self._secret else text


def secrets_of(variables: Mapping[str, str]) -> frozenset[str]:
    """Return the secrets in environment variables, however broken the variables are."""
    found = [variables[name] for name in SECRET if name in variables]
    for name, value in variables.items():
        if _URLS.fullmatch(name):
            found += [secret for url in value.split(",") for secret in _in_url(url)]
    return frozenset(found)


def _in_url(url: str) -> Iterable[str]:
    """Yield what can be a password in *url*; urlsplit refuses what it cannot take apart."""
    for name, value in re.findall(r"[?&]([^=&]*)=([^&#]*)", url):
        if name not in _PLAIN:
            yield value
    after_scheme = url.partition("://")[2]
    if "@" in after_scheme:
        # An @ in a password that is not written as %40 ends up in the host.
        yield after_scheme.rpartition("@")[0].partition(":")[2]
    else:
        # Without an @, what follows the user stands where a port would.
        yield re.split("[/?#]", after_scheme)[0].partition(":")[2]
    try:
        yield urlsplit(url).password or ""
    except ValueError:
        return


def _pieces(secret: str) -> Iterable[str]:
    # As it is, as it stands in a URL, and as it is taken out of one.
    for form in {secret, unquote(secret), quote(secret, safe="")}:
        # Programs cut what they print at line ends, and show quotes and controls escaped.
        candidates = [form, *re.split(r"[^!-~]+|[\"'\\]", form)]
        yield from (each for each in candidates if len(each) >= _SHORTEST)
