"""The allowlist as an object in S3, written only in the place of the version that was read.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws import clients
from compliance.shelf import (
    Draft,
    Lineage,
    ShelfBusyError,
    ShelfConflictError,
    ShelfError,
    ShelfUnreadableError,
    ShelfUnwritableError,
    Text,
)

#: How often S3 is asked whether there is another version.
_ASK_SECONDS = 15.0
_MOST_BYTES = 64 * 2**20
_TOO_LARGE = "{name} has more than 64 MiB; take out what has ended, or correct ALLOWLIST_URL"
#: S3 takes 2,048 bytes of metadata, in letters that a header can carry.
_METADATA_MAX = 500
_NOT_MODIFIED = "304"
_CONFLICTS = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
_DENIED = {"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "KMS.DisabledException"}
_MISSING = {"NoSuchKey", "NoSuchBucket", "404"}
_CLOCK = {"RequestTimeTooSkewed"}


#: The ETag of nothing.
_NO_VERSION = f'"{"0" * 32}"'


class S3Shelf:
    """One object. *decoded* and *encoded* are between its bytes and the text."""

    reviewed = False

    def __init__(
        self,
        bucket: str,
        key: str,
        decoded: Callable[[bytes, str], str],
        encoded: Callable[[str, bytes], bytes],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._object = {"Bucket": bucket, "Key": key}
        self._decoded, self._encoded = decoded, encoded
        self._clock = clock
        self._asked_at: float | None = None
        self._seen: tuple[Text, bytes] | None = None
        self._failure: ShelfError | None = None

    @property
    def name(self) -> str:
        return "s3://{Bucket}/{Key}".format_map(self._object)

    def read(self) -> Text:
        now = self._clock()
        if self._asked_at is not None and now - self._asked_at < _ASK_SECONDS:
            if self._failure:
                raise self._failure.with_traceback(None)
            if self._seen:
                return self._seen[0]
        self._asked_at = now
        try:
            self._seen = self._newest()
        except ShelfError as error:
            # What is away or unfit is not asked for more often than what is well.
            self._failure = error
            raise
        self._failure = None
        return self._seen[0]

    def write(self, drafts: Sequence[Draft], revision: str) -> Text:
        if not self._seen or self._seen[0].revision != revision:
            raise ShelfConflictError(f"{self.name} was changed by somebody else just now")
        data = self._encoded(drafts[-1].text, self._seen[1])
        try:
            answer = self._s3.put_object(
                **self._object,
                Body=data,
                IfMatch=revision,
                ContentType="application/yaml",
                Metadata=_metadata(drafts),
            )
        except (BotoCoreError, ClientError) as error:
            # What is there now is asked again: the write may have arrived although no answer came.
            self._asked_at = None
            raise self._cause(error, ShelfUnwritableError) from error
        text = Text(drafts[-1].text, answer["ETag"], Lineage.MEANT)
        self._seen, self._asked_at = (text, data), self._clock()
        return text

    def unwritable(self) -> str:
        """Ask whether the object can be read and written and its bucket keeps versions."""
        try:
            if self._takes_any_write(self._newest()[1]):
                return f"{self.name}: the store ignores If-Match, so decisions could be lost"
            versioning = self._s3.get_bucket_versioning(Bucket=self._object["Bucket"])
        except ShelfError as error:
            return str(error)
        except (BotoCoreError, ClientError) as error:
            return str(self._cause(error, ShelfUnwritableError))
        if versioning.get("Status") != "Enabled":
            return f"{self.name}: the bucket keeps no versions; turn its versioning on"
        return ""

    def _takes_any_write(self, data: bytes) -> bool:
        """Try to write; S3 refuses it, for no version has this ETag. *data* is what is there."""
        try:
            self._s3.put_object(**self._object, Body=data, IfMatch=_NO_VERSION)
        except ClientError as error:
            if _code_of(error) in _CONFLICTS:
                return False
            raise
        return True

    @cached_property
    def _s3(self) -> Any:
        return clients.client("s3")

    def _newest(self) -> tuple[Text, bytes]:
        known = {"IfNoneMatch": self._seen[0].revision} if self._seen else {}
        try:
            answer = self._s3.get_object(**self._object, **known)
            if answer["ContentLength"] > _MOST_BYTES:
                raise ShelfUnreadableError(_TOO_LARGE.format(name=self.name))
            data = answer["Body"].read()
        except (BotoCoreError, ClientError) as error:
            if self._seen and _code_of(error) == _NOT_MODIFIED:
                return self._seen
            raise self._cause(error, ShelfUnreadableError) from error
        return Text(self._decoded(data, self.name), answer["ETag"], Lineage.MEANT), data

    def _cause(self, error: Exception, lasting: type[ShelfError]) -> ShelfError:
        """Return *error* in words, with what to do; *lasting* where waiting is no help."""
        code = _code_of(error)
        if code in _CONFLICTS:
            return ShelfConflictError(f"{self.name} was changed by somebody else just now")
        if code in _DENIED:
            action = getattr(error, "operation_name", "")
            return lasting(
                f"{self.name}: AWS denies s3:{action} ({code}); let the bot's role do that there, "
                "and use the bucket's KMS key (Terraform module bot)"
            )
        if code in _MISSING:
            return lasting(
                f"{self.name} is not there ({code}); put an object with the line 'exceptions: []' "
                "there, or correct ALLOWLIST_URL"
            )
        if code in _CLOCK:
            return ShelfBusyError(f"{self.name}: the clock of this machine is off; set it right")
        return ShelfBusyError(f"{self.name} does not answer ({code}); this is tried again")


def _code_of(error: Exception) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def _metadata(drafts: Sequence[Draft]) -> dict[str, str]:
    """Return who made the version and why, as the object's history shows it."""
    authors = ", ".join(dict.fromkeys(draft.author for draft in drafts))
    reasons = " / ".join(dict.fromkeys(draft.reason for draft in drafts))
    return {"author": _header(authors), "reason": _header(reasons)}


def _header(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())[:_METADATA_MAX]
