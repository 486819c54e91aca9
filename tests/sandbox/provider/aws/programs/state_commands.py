"""Two queues and a topic; a test moves them about in the state."""

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
protected = config.get_bool("protected") or False
orders = aws.sqs.Queue(
    config.get("orders") or "orders",
    name=config.get("name"),
    delay_seconds=config.get_int("delay") or 0,
    opts=pulumi.ResourceOptions(protect=protected, import_=config.get("import")),
)
bills = aws.sqs.Queue("bills", delay_seconds=config.get_int("delay") or 0)
aws.sns.Topic("events", display_name=config.require_secret("title"))

pulumi.export("orders", orders.url)
