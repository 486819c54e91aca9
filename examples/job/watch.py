"""Wait for the first line in the job's log, and show it."""

import json
import subprocess
import sys
import time

import boto3

PATIENCE_SECONDS = 300  # on AWS a first start pulls the image

outputs = json.loads(subprocess.run(["pulumi", "stack", "output", "--json"], check=True, capture_output=True).stdout)
logs = boto3.client("logs")
deadline = time.monotonic() + PATIENCE_SECONDS
while time.monotonic() < deadline:
    if events := logs.filter_log_events(logGroupName=outputs["logGroupName"])["events"]:
        print(events[0]["message"])
        sys.exit()
    time.sleep(1)
sys.exit(f"no line within {PATIENCE_SECONDS} s; the dead-letter queue may say why: {outputs['deadLetterQueueUrl']}")
