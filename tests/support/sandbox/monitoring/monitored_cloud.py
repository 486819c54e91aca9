"""A cloud whose clock is moved by the test, with the metrics and alarms of the runtime on it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto import mock_aws

from slipway_sandbox import clock, corrections
from slipway_sandbox.runtime.clockwork import Monitoring
from slipway_sandbox.runtime.metrics.publishing import Source

REGION, ACCOUNT = "eu-west-1", "123456789012"
BEGIN = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


class MonitoredCloud:
    """The cloud, and its clock."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self.now = BEGIN
        self._session, self._clients = boto3.Session("test", "test"), dict[str, Any]()
        self._monitoring = Monitoring(sources, lambda: self.now)
        self._monitoring.tick()

    def client(self, service: str) -> Any:
        """The one client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, REGION)
        return self._clients[service]

    def pass_minutes(self, minutes: int = 1) -> None:
        """Each whole minute is looked at, as the runtime does."""
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            self._monitoring.tick()

    def report(self, value: float, name: str = "errors", **dimensions: str) -> None:
        """A data point of now."""
        named = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        datum = {"MetricName": name, "Value": value, "Dimensions": named}
        self.client("cloudwatch").put_metric_data(Namespace="shop", MetricData=[datum])

    def alarm(self, **changed: Any) -> None:
        """An alarm on one error a minute, with changes."""
        one: dict[str, Any] = {
            "AlarmName": "broken",
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "TreatMissingData": "notBreaching",
        }
        if "Metrics" not in changed:
            one |= {"Namespace": "shop", "MetricName": "errors", "Period": 60}
            one |= {} if "ExtendedStatistic" in changed else {"Statistic": "Sum"}
        self.client("cloudwatch").put_metric_alarm(**(one | changed))

    def state(self, name: str = "broken") -> str:
        """State of an alarm."""
        return str(self.described(name)["StateValue"])

    def described(self, name: str = "broken") -> dict[str, Any]:
        """An alarm as DescribeAlarms has it."""
        answer = self.client("cloudwatch").describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        found: list[dict[str, Any]] = answer["MetricAlarms"] + answer["CompositeAlarms"]
        return found[0]

    def values(self, namespace: str, name: str, statistic: str = "Sum", **dimensions: str) -> list[float]:
        """Values of a metric by minutes since the test began, oldest first."""
        named = {"Namespace": namespace, "MetricName": name}
        listed = [{"Name": key, "Value": text} for key, text in dimensions.items()]
        stat = {"Metric": {**named, "Dimensions": listed}, "Period": 60, "Stat": statistic}
        answer = self.client("cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": "m", "MetricStat": stat}],
            StartTime=BEGIN - timedelta(hours=1),
            EndTime=self.now + timedelta(minutes=1),
            ScanBy="TimestampAscending",
        )
        return list(answer["MetricDataResults"][0]["Values"])

    def listening_queue(self) -> str:
        """URL of a queue that SNS and EventBridge may send to."""
        sqs = self.client("sqs")
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
        policy = json.dumps({"Statement": [statement]})
        return str(sqs.create_queue(QueueName="told", Attributes={"Policy": policy})["QueueUrl"])

    def told(self, url: str) -> list[dict[str, Any]]:
        """Messages of the queue, which are then gone."""
        sqs, bodies = self.client("sqs"), []
        while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(json.loads(message["Body"]))
        return bodies


@contextmanager
def monitored_cloud(*sources: Source) -> Iterator[MonitoredCloud]:
    """An empty cloud that begins at noon."""
    corrections.install()
    with mock_aws():
        made = MonitoredCloud(sources)
        clock.attach(lambda: made.now)
        try:
            yield made
        finally:
            clock.detach()
