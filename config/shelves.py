"""The place that ALLOWLIST_URL names, ready to read and write."""

from collections.abc import Callable
from typing import Protocol

from compliance.shelf import Shelf
from config.encoding import decoded, encoded
from config.environment import Environment
from config.file_shelf import FileShelf
from config.git_shelf import GitShelf
from config.locations import GitLocation, S3Location


class InS3(Protocol):
    """Makes a shelf of an object in S3; boto3 is not for this package to know."""

    def __call__(
        self,
        bucket: str,
        key: str,
        decoded: Callable[[bytes, str], str],
        encoded: Callable[[str, bytes], bytes],
    ) -> Shelf: ...


def shelf_of(environment: Environment, in_s3: InS3) -> Shelf:
    match environment.allowlist:
        case GitLocation() as location:
            return GitShelf(location, environment.git_token, environment.signing_key)
        case S3Location(bucket, key):
            return in_s3(bucket, key, decoded, encoded)
        case path:
            return FileShelf(path)
