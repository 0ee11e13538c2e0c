"""Where ALLOWLIST_URL says that the allowlist is: a file, a Git repository, or an object in S3."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_FILE = "file:"
_GIT = "git+"
#: What is longer in the place of a user is a token.
_LONGEST_USER = 30
_DEFAULT_PATH = "allowlist.yaml"
#: https://git-scm.com/docs/git-check-ref-format, and no branch that begins like an option.
_BRANCH = re.compile(r"(?!-)(?!.*(\.\.|//|@\{|\.lock(/|$)|\.$|/$|/\.))[^\s~^:?*\[\\\x00-\x1f\x7f]+")
#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

EXPECTED = (
    "expected file:PATH, git+https://HOST/REPOSITORY?branch=main&path=allowlist.yaml (or git+ssh:, "
    "git+file:), or s3://BUCKET/KEY; a token goes into ALLOWLIST_GIT_TOKEN, never into the URL"
)


@dataclass(frozen=True, slots=True)
class GitLocation:
    """A *path* on a *branch*, the repository's own where that is empty.

    With *review*, every change goes to a branch of its own.
    """

    url: str
    branch: str = ""
    path: str = _DEFAULT_PATH
    review: bool = False

    @property
    def has_user(self) -> bool:
        return "@" in urlsplit(self.url).netloc

    @property
    def repository(self) -> str:
        return self.url.removeprefix("file://")

    def __str__(self) -> str:
        return f"{self.repository} {self.branch}:{self.path}" if self.branch else self.repository


@dataclass(frozen=True, slots=True)
class S3Location:
    """An object of a bucket."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


Location = Path | GitLocation | S3Location


def read_location(url: str) -> Location:
    """Return where *url* leads; raises ValueError, which does not show what may be a secret."""
    if url.startswith(_FILE):
        if path := url.removeprefix(_FILE).removeprefix("//"):
            return Path(path)
    elif url.startswith(_GIT):
        return _git(url.removeprefix(_GIT))
    elif url.startswith("s3://"):
        bucket, _, key = url.removeprefix("s3://").partition("/")
        if _BUCKET.fullmatch(bucket) and key and not key.endswith("/") and "?" not in key:
            return S3Location(bucket, key)
    raise ValueError(EXPECTED)


def _git(url: str) -> GitLocation:
    parts = urlsplit(url)
    if parts.scheme not in {"https", "ssh", "file"} or parts.password is not None:
        raise ValueError(EXPECTED)
    if len(parts.username or "") > _LONGEST_USER:
        raise ValueError(EXPECTED)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    mode = options.pop("mode", "push")
    branch, path = options.pop("branch", ""), options.pop("path", _DEFAULT_PATH)
    if options or parts.fragment or mode not in {"push", "branch"}:
        raise ValueError(
            f"expected branch=, path= and mode=push or mode=branch behind the '?'; {EXPECTED}"
        )
    if branch and not _BRANCH.fullmatch(branch):
        raise ValueError("expected the name of a branch behind branch=")
    if not path or path.startswith(("/", "-")) or ".." in path.split("/"):
        raise ValueError("expected a path within the repository behind path=")
    return GitLocation(_remote(url), branch, path, review=mode == "branch")


def _remote(url: str) -> str:
    """Return what git is given: the URL without what only the bot reads."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        # git takes no host in a file's URL, and people write one slash as often as three.
        return f"file://{Path(unquote(parts.path)).absolute()}"
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
