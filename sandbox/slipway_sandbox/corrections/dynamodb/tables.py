"""Tables: how they are billed and encrypted."""

from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from slipway_sandbox.corrections._decorator import corrects

NO_CAPACITY = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0}


@corrects(
    DynamoDBBackend.update_table,
    why="moto leaves the provisioned capacity on a table, and its indexes, that becomes billed per request; DynamoDB answers 0.",
)
def update_table(original: Callable[..., Table], self: DynamoDBBackend, *arguments: object, **named: object) -> Table:
    table = original(self, *arguments, **named)
    if table.billing_mode == "PAY_PER_REQUEST":
        table.throughput = dict(NO_CAPACITY)
        for index in table.global_indexes:
            index.throughput = dict(NO_CAPACITY)
    return table


@corrects(DynamoHandler.update_table, why="moto drops the encryption in UpdateTable; DynamoDB switches to the new one.")
def change_encryption(original: Callable[[DynamoHandler], ActionResult], self: DynamoHandler) -> ActionResult:
    if encryption := self.body.get("SSESpecification"):
        table = self.dynamodb_backend.get_table(self.body["TableName"])
        own_key = table._get_default_encryption_key(self.current_account, self.region)  # noqa: SLF001
        table.sse_specification = {"KMSMasterKeyId": own_key, **encryption}
    return original(self)
