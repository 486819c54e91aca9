"""A report every six hours, the first one at once; a topic hears of a start that failed, of an error and of silence."""

import pulumi

from slipway import Cluster, Job, Network, Topic, guard

guard()

REPORT = """
print("report: 3 orders")
"""

network = Network("main", {"nat": "none", "endpoints_for": ["Job"]})
alarms = Topic("alarms", {"create_kms_key": True})
report = Job(
    "report",
    {
        "cluster_arn": Cluster("main", {}).cluster_arn,
        "vpc_id": network.vpc_id,
        "subnet_ids": network.private_subnet_ids,
        "image": pulumi.Config().require("image"),
        "command": ["python3", "-c", REPORT],
        "schedule": "rate(6 hours)",
        "alarm_topic_arn": alarms.topic_arn,
    },
)

pulumi.export("schedule", report.schedule_text)
pulumi.export("logGroupName", report.log_group_name)
pulumi.export("deadLetterQueueUrl", report.dead_letter_queue_url)
