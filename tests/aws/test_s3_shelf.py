"""The allowlist in S3, on moto's own server of S3."""

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from aws.s3_shelf import S3Shelf
from compliance.shelf import (
    Draft,
    Lineage,
    ShelfBusyError,
    ShelfConflictError,
    ShelfUnreadableError,
    ShelfUnwritableError,
)
from config.encoding import decoded, encoded
from config.keeper import Keeper
from tests.builders import RULE, entry, rule

BUCKET, KEY = "council-exceptions", "compliance/allowlist.yaml"
EMPTY = "# Reviewed every month.\nexceptions: []\n"


@pytest.fixture
def s3(monkeypatch, shared_world):
    # moto keeps its state in the process, so the world that most tests share has to end.
    shared_world.end()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        keep_versions(s3, "Enabled")
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=EMPTY.encode())
        yield s3


def keep_versions(s3, status):
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": status})


class Clock:
    """Every look at it is a minute later."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        self.seconds += 60
        return self.seconds


def shelf_of(key=KEY, clock=None):
    return S3Shelf(BUCKET, key, decoded, encoded, clock or Clock())


def keep():
    return Keeper(shelf_of(), {RULE: rule()})


def there(s3):
    return s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read().decode()


def put(shelf, text):
    return shelf.write([Draft(text, "slack:U1", "Agreed — é.")], shelf.read().revision)


def test_a_change_is_a_new_version_and_comments_stay(s3):
    keep().add([entry()], "slack:U0HANNAH", "Agreed.")

    assert there(s3).startswith("# Reviewed every month.\nexceptions:\n  - rule:")
    assert len(s3.list_object_versions(Bucket=BUCKET)["Versions"]) == 2


def test_the_version_says_who_made_it_and_why(s3):
    put(shelf_of(), EMPTY + "# more\n")

    metadata = s3.head_object(Bucket=BUCKET, Key=KEY)["Metadata"]
    assert metadata == {"author": "slack:U1", "reason": "Agreed ? ?."}


@pytest.mark.usefixtures("s3")
def test_what_was_written_is_what_is_read():
    shelf = shelf_of()

    written = put(shelf, EMPTY + "# é\n")

    assert (written.text, written.lineage) == (EMPTY + "# é\n", Lineage.MEANT)
    assert shelf.read() == written == shelf_of().read()


@pytest.mark.usefixtures("s3")
def test_a_version_that_came_in_between_is_not_written_over():
    slow, fast = shelf_of(clock=lambda: 0.0), shelf_of()
    before = slow.read()
    put(fast, EMPTY + "# theirs\n")

    with pytest.raises(ShelfConflictError):
        slow.write([Draft(EMPTY, "slack:U1", "Agreed.")], before.revision)

    assert "theirs" in shelf_of().read().text


@pytest.mark.usefixtures("s3")
def test_two_bots_lose_and_double_nothing():
    keepers = [keep(), keep()]
    for number in range(4):
        for bot, keeper in enumerate(keepers):
            keeper.add([entry(resource=f"bucket-{bot}-{number}")], "slack:U1", "Agreed.")

    resources = [each.resource for each in keep().current.entries]
    assert len(resources) == len(set(resources)) == 8


def test_what_somebody_else_puts_there_is_in_force_at_the_next_look(s3):
    keeper = keep()
    keeper.add([entry()], "slack:U1", "Agreed.")
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=EMPTY.encode())

    keeper.refresh()

    assert len(keeper.current) == 0


@pytest.mark.usefixtures("s3")
def test_an_object_at_rest_is_not_sent_again():
    shelf = shelf_of()

    assert shelf.read() is shelf.read()


def test_an_object_that_vanished_leaves_what_is_in_force(s3):
    keeper = keep()
    keeper.add([entry()], "slack:U1", "Agreed.")
    s3.delete_object(Bucket=BUCKET, Key=KEY)

    keeper.refresh()

    assert len(keeper.current) == 1
    assert "put an object with the line" in keeper.problem()


@pytest.mark.usefixtures("s3")
def test_what_is_not_there_is_named_with_what_to_do():
    with pytest.raises(ShelfUnreadableError, match="correct ALLOWLIST_URL"):
        shelf_of("another.yaml").read()


class Refusing:
    """S3 that answers every call with an error."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, operation):
        def refuse(**_):
            raise self._error

        return refuse


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "…"}}, "PutObject")


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (refused("AccessDenied"), ShelfUnwritableError, "AWS denies s3:PutObject"),
        (refused("RequestTimeTooSkewed"), ShelfBusyError, "the clock of this machine is off"),
        (refused("SlowDown"), ShelfBusyError, "does not answer"),
        (refused("ConditionalRequestConflict"), ShelfConflictError, "changed by somebody else"),
        (EndpointConnectionError(endpoint_url="https://s3"), ShelfBusyError, "does not answer"),
    ],
)
@pytest.mark.usefixtures("s3")
def test_a_refusal_says_what_to_do(error, kind, told):
    shelf = shelf_of()
    text = shelf.read()
    vars(shelf)["_s3"] = Refusing(error)

    with pytest.raises(kind, match=told):
        shelf.write([Draft(EMPTY, "slack:U1", "Agreed.")], text.revision)


def test_check_asks_for_the_object_and_for_its_versions(s3):
    assert shelf_of().unwritable() == ""
    keep_versions(s3, "Suspended")
    assert "turn its versioning on" in shelf_of().unwritable()
    assert "is not there" in shelf_of("another.yaml").unwritable()


def test_check_tries_to_write_and_writes_nothing(s3):
    shelf_of().unwritable()

    [version] = s3.list_object_versions(Bucket=BUCKET, Prefix=KEY)["Versions"]
    assert version["IsLatest"]


def test_a_store_that_takes_any_write_is_told_and_keeps_what_is_there(s3):
    shelf = shelf_of()
    shelf._s3.meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: params.pop("IfMatch") and None
    )

    assert "ignores If-Match" in shelf.unwritable()
    assert there(s3) == EMPTY


@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "GetBucketVersioning"])
def test_each_permission_that_is_missing_is_told(s3, operation):
    shelf = shelf_of()
    error = {"Error": {"Code": "AccessDenied", "Message": "no"}}
    denied = AWSResponse("http://local", 403, {}, None), error
    shelf._s3.meta.events.register(f"before-call.s3.{operation}", lambda **_: denied)

    assert f"AWS denies s3:{operation}" in shelf.unwritable()
