"""Publish one event of the severity given, and show which queues got it."""

import json
import subprocess
import sys

import boto3

WAIT_SECONDS = 5

outputs = json.loads(subprocess.run(["pulumi", "stack", "output", "--json"], check=True, capture_output=True).stdout)
severity = sys.argv[1] if len(sys.argv) > 1 else "low"
boto3.client("sns").publish(
    TopicArn=outputs["topicArn"],
    Message=json.dumps({"severity": severity}),
    MessageAttributes={"severity": {"DataType": "String", "StringValue": severity}},
)
sqs = boto3.client("sqs")
for key, url in outputs["queueUrls"].items():
    found = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=WAIT_SECONDS).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    print(f"{key}: {'got it' if found else 'nothing'}")
