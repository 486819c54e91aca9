"""Valid arguments of services and workers, generated: each differs from the others, and all of them have to work."""

import math
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from slipway.common import Arguments
from slipway.load_balancing._rule_conditions import rule_conditions
from slipway.task._fargate_sizes import MEMORY_MIB
from tests.support.components.service_samples import (
    BALANCER,
    BEHIND_LISTENER,
    CERTIFICATE,
    IMAGE,
    KEY,
    PARAMETER,
    QUEUE,
    QUEUE_URL,
    SECRET,
    TASK,
    TOPIC,
)

Args = dict[str, Any]
DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 365, 3653)
EXEC_GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:exec"
BOUNDARY = "arn:aws:iam::123456789012:policy/bound"
PERMISSIONS = [{"actions": ["sns:Publish"], "resources": [TOPIC]}, {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::a/*"]}]  # fmt: skip
names = st.from_regex(r"[A-Z][A-Z0-9_]{0,6}", fullmatch=True)


def some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Args]:
    """Any of these arguments, or none."""
    return st.fixed_dictionaries({}, optional=choices)


SIDECARS: dict[str, Args] = {
    "migrate": {"image": IMAGE, "essential": False, "memory_mib": 64, "environment": {"MODE": "up"}},
    "proxy": {
        "image": IMAGE,
        "container_port": 900,
        "container_health_check": {"command": ["CMD", "/check"]},
        "depends_on": {"migrate": "COMPLETE"},
        "mount_points": [{"volume": "data", "path": "/data"}],
    },
}
FILE_SYSTEM = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b"
BESIDE = {
    "sidecars": SIDECARS,
    "depends_on": {"migrate": "SUCCESS", "proxy": "HEALTHY"},
    "mount_points": [{"volume": "data", "path": "/in", "read_only": True}],
}
volumes = st.sampled_from([{}, {"file_system_arn": FILE_SYSTEM, "security_group_id": "sg-00000ef5"}])
rules: st.SearchStrategy[Args] = st.dictionaries(
    st.sampled_from(["main", "beta", "old"]),
    st.fixed_dictionaries(
        {
            "path_patterns": st.lists(
                st.sampled_from(["/", "/a/*", "/b*", "/c/d/*"]), min_size=1, max_size=2, unique=True
            )
        },
        optional={
            "host_headers": st.sampled_from([["shop.example.com"], ["*.example.com"]]),
            "http_headers": st.just({"X-Beta": ["yes"]}),
            "http_request_methods": st.just(["GET"]),
        },
    ),
    min_size=1,
    max_size=3,
).filter(lambda named: len({rule_conditions(Arguments("T", rule)).ordered() for rule in named.values()}) == len(named))


@st.composite
def workloads(draw: st.DrawFn) -> Args:
    """What a task runs."""
    cpu = draw(st.sampled_from(sorted(MEMORY_MIB)))
    memory = draw(st.sampled_from(MEMORY_MIB[cpu]))
    variables = draw(st.lists(names.filter(lambda name: not name.startswith("AWS_")), max_size=4, unique=True))
    paths = draw(st.lists(st.sampled_from(["/tmp", "/var/cache", "/run/app"]), max_size=3, unique=True))
    args: Args = {"cpu": cpu, "memory_mib": memory} | draw(
        some(
            architecture=st.sampled_from(["x86_64", "arm64"]),
            command=st.lists(st.sampled_from(["python", "-m", "app", "--verbose"]), min_size=1, max_size=4),
            user=st.sampled_from(["10001", "1000:1000", "app"]),
            permissions=st.lists(st.sampled_from(PERMISSIONS), max_size=2),
            stop_timeout_seconds=st.integers(2, 120),
            container_health_check=st.fixed_dictionaries(
                {"command": st.sampled_from([["CMD", "/check"], ["CMD-SHELL", "curl -f localhost"]])},
                optional={
                    "interval_seconds": st.integers(5, 300),
                    "timeout_seconds": st.integers(2, 60),
                    "retries": st.integers(1, 10),
                    "start_period_seconds": st.integers(0, 300),
                },
            ),
            permissions_boundary_arn=st.just(BOUNDARY),
            log_kms_key_arn=st.just(KEY),
            log_retention_days=st.sampled_from(DAYS),
            without_verdict=st.booleans(),
            tags=st.just({"team": "shop"}),
        )
    )
    args["environment"] = dict.fromkeys(variables[:2], "1")
    args["secrets"] = {name: draw(st.sampled_from([SECRET, PARAMETER])) for name in variables[2:]}
    if paths:
        args["writable_paths"] = {path: draw(st.integers(1, (memory - 1) // len(paths))) for path in paths}
    if draw(st.booleans()):
        args |= BESIDE | {"volumes": {"data": draw(volumes)}}
    args |= draw(
        some(
            ephemeral_storage_gib=st.integers(21, 200),
            environment_files=st.just(["arn:aws:s3:::config/shop.env"]),
            allow_to=st.just({"database": {"security_group_id": "sg-000000db", "port": 5432}}),
        )
    )
    if draw(st.booleans()):
        args["enable_execute_command"] = True
        args |= draw(some(exec_log_group_arn=st.just(EXEC_GROUP)))
    return args


@st.composite
def roll_outs(draw: st.DrawFn, desired: int) -> Args:
    """Percentages that leave a deployment of so many tasks room."""
    least, most = draw(st.integers(0, 100)), draw(st.integers(100, 200))
    if math.ceil(desired * least / 100) >= desired >= math.floor(desired * most / 100):
        return {}
    return {"minimum_healthy_percent": least, "maximum_percent": most}


deployments = st.one_of(
    some(strategy=st.just("rolling"), alarm_names=st.just(["shop-5xx"])),
    st.fixed_dictionaries(
        {"strategy": st.just("blue_green")},
        optional={"bake_minutes": st.integers(0, 60), "test_port": st.sampled_from([8443, 9000])},
    ),
    st.fixed_dictionaries(
        {"strategy": st.sampled_from(["canary", "linear"])},
        optional={"step_percent": st.integers(3, 100), "step_bake_minutes": st.integers(0, 30)},
    ),
)
balancers = st.one_of(
    some(certificate_arn=st.just(CERTIFICATE)),
    st.just({"domain_names": ["shop.example.com", "*.shop.example.com"], "hosted_zone_id": "Z123"}),
    some(internal=st.booleans(), idle_timeout_seconds=st.integers(1, 4000), deletion_protection=st.booleans()),
).map(lambda more: BALANCER | more)
connections: st.SearchStrategy[Args] = st.one_of(
    st.just({}), st.just({"dns_name": "api.internal", "port": 80, "app_protocol": "http2"})
)
fronted = some(
    slow_start_seconds=st.integers(30, 900),
    health_check_codes=st.sampled_from(["200", "200-299,404"]),
    health_check_path=st.sampled_from(["/", "/ready"]),
    deregistration_delay_seconds=st.integers(0, 120),
    stickiness_seconds=st.integers(1, 604800),
)


@st.composite
def services(draw: st.DrawFn) -> Args:
    """Arguments of a FargateService."""
    front = draw(st.sampled_from(["none", "own", "shared"]))
    desired = draw(st.integers(0, 6))
    args = TASK | draw(workloads()) | {"desired_count": desired}
    deployment = draw(deployments) if front == "own" else draw(some(alarm_names=st.just(["shop-5xx"])))
    shifts = deployment.get("strategy", "rolling") != "rolling"
    if deployment:
        args["deployment"] = deployment
    if front != "none":
        port = draw(st.integers(1024, 65535))
        args |= {"load_balancer": draw(balancers)} if front == "own" else BEHIND_LISTENER
        if front == "shared":
            args["listener"] = args["listener"] | {"rules": draw(rules)}
        args |= draw(fronted) | {"container_port": port}
        args |= draw(some(service_connect=connections, allow_from=st.just({"shop": "sg-0000540b"})))
    if desired and draw(st.booleans()):
        metrics = {"cpu_percent": draw(st.integers(1, 100))}
        if front != "none" and not shifts:
            metrics["requests_per_target"] = draw(st.integers(1, 1000))
        args["scaling"] = {"max_tasks": desired + draw(st.integers(0, 9)), **metrics}
    if desired > 1:
        args |= draw(some(spot_percent=st.integers(0, 100)))
    if not shifts:
        args |= draw(roll_outs(desired))
    return args


@st.composite
def workers(draw: st.DrawFn) -> Args:
    """Arguments of a QueueWorker."""
    least = draw(st.integers(0, 5))
    keys = draw(st.lists(st.sampled_from(["orders", "returns", "audit", "mail"]), min_size=1, max_size=4, unique=True))
    queues = {
        key: {"queue_arn": f"{QUEUE}-{key}", "queue_url": f"{QUEUE_URL}-{key}"}
        | draw(some(kms_key_arn=st.just(KEY), dead_letter_queue_url=st.just(f"{QUEUE_URL}-dead")))
        for key in keys
    }
    args = TASK | draw(workloads()) | {"queues": queues, "min_tasks": least}
    args |= {"max_tasks": max(least, 1) + draw(st.integers(0, 9))}
    args |= draw(st.one_of(some(backlog_per_task=st.integers(1, 1000)), st.just({"acceptable_latency_seconds": 60, "seconds_per_message": 0.5})))  # fmt: skip
    args |= draw(some(cpu_percent=st.integers(1, 100), topics=st.just({"done": {"topic_arn": TOPIC}})))
    if least != 1:
        args |= draw(some(spot_percent=st.integers(0, 100)))
    return args


Spec = tuple[str, Args]


def specs(count: int) -> list[Spec]:
    """So many components with their arguments, the same ones at every run: two services to one worker."""
    found: list[Spec] = []
    kinds = st.one_of(
        st.tuples(st.just("FargateService"), services()),
        st.tuples(st.just("FargateService"), services()),
        st.tuples(st.just("QueueWorker"), workers()),
    )

    @settings(
        max_examples=3 * count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(kinds)
    def draw(spec: Spec) -> None:
        if spec not in found:
            found.append(spec)

    draw()
    assert len(found) >= count, "hypothesis found fewer that differ"
    # Neighbours are much alike.
    return found[:: len(found) // count][:count]
