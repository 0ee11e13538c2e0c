"""What moto 5.2 leaves out of other services, added while the playground runs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal import mock_random
from moto.rds.models import DBInstance, RDSBackend
from moto.ssm.models import SimpleSystemManagerBackend

from playground.aws.documents import aws_documents


@contextmanager
def applied() -> Iterator[None]:
    with ExitStack() as undo:
        for owner, name, patched in (
            (DBInstance, "__init__", _create_with_own_resource_id(DBInstance.__init__)),
            (RDSBackend, "modify_db_instance", _wait_for_window(RDSBackend.modify_db_instance)),
            (
                LambdaFunction,
                "update_configuration",
                _update_tracing(LambdaFunction.update_configuration),
            ),
            (DynamoHandler, "update_table", _update_encryption(DynamoHandler.update_table)),
            (
                SimpleSystemManagerBackend,
                "describe_document",
                _describe_aws_documents(SimpleSystemManagerBackend.describe_document),
            ),
        ):
            undo.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, patched)
        yield


def open_maintenance_window(database: Any) -> None:
    """Apply what waits for the database's maintenance window."""
    if database.pending_modified_values.get("MultiAZ"):
        database.multi_az = True
    database.pending_modified_values = {}


def _create_with_own_resource_id(create: Any) -> Any:
    """moto gives every instance the same DbiResourceId, which is AWS Config's id for it."""

    def create_with_own_resource_id(self: Any, *args: Any, **kwargs: Any) -> None:
        create(self, *args, **kwargs)
        letters = mock_random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=26)
        self.dbi_resource_id = "db-" + "".join(letters)
        self.pending_modified_values = {}

    return create_with_own_resource_id


def _wait_for_window(modify: Any) -> Any:
    """moto applies Multi-AZ at once, also without ApplyImmediately (FACTS §0.8)."""

    def modify_or_wait(self: Any, identifier: str, db_kwargs: dict[str, Any]) -> Any:
        waits = db_kwargs.get("multi_az") and not db_kwargs.get("apply_immediately")
        if waits:
            db_kwargs = {k: v for k, v in dict(db_kwargs).items() if k != "multi_az"}
        database = modify(self, identifier, db_kwargs)
        if waits and not database.multi_az:
            database.pending_modified_values = {"MultiAZ": True}
        elif db_kwargs.get("apply_immediately"):
            open_maintenance_window(database)
        return database

    return modify_or_wait


def _update_tracing(update: Any) -> Any:
    """moto ignores TracingConfig in UpdateFunctionConfiguration."""

    def update_tracing_too(self: Any, config_updates: dict[str, Any]) -> Any:
        if "TracingConfig" in config_updates:
            self.tracing_config = config_updates["TracingConfig"]
        return update(self, config_updates)

    return update_tracing_too


def _update_encryption(update: Any) -> Any:
    """moto ignores SSESpecification in UpdateTable."""

    def update_encryption_too(self: Any) -> Any:
        specification = self.body.get("SSESpecification")
        if specification is not None:
            table = self.dynamodb_backend.get_table(self.body["TableName"])
            table.sse_specification = specification
        return update(self)

    return update_encryption_too


def _describe_aws_documents(describe: Any) -> Any:
    """moto knows the documents of an account only."""

    def describe_aws_documents_too(self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        # A document can be named by its ARN, which has no account where AWS owns it.
        document = aws_documents().get(name.rpartition("document/")[2])
        return document.described() if document else describe(self, name, *args, **kwargs)

    return describe_aws_documents_too
