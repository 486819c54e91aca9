"""Containers beside the service's own, what all of a task's share, and what they refuse, each in one sentence."""

import json
from typing import Any

import pytest

from tests.support.components.mocks import Built, build
from tests.support.components.refusals import Refused, refusal
from tests.support.components.samples import COMPONENTS
from tests.support.components.service_samples import BEHIND_BALANCER, IMAGE, SECRET, TASK

FargateService = COMPONENTS["FargateService"]
FILE_SYSTEM = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b"
ACCESS_POINT = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-2c3d"
OTHER_IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1"
CHECK = {"command": ["CMD", "/check"]}
EFS = {"file_system_arn": FILE_SYSTEM, "security_group_id": "sg-00000ef5"}


def service(args: dict[str, Any]) -> Built:
    return build(lambda: FargateService("api", TASK | args))


def containers(built: Built) -> dict[str, dict[str, Any]]:
    made = json.loads(built.one("taskDefinition:TaskDefinition", "api").inputs["containerDefinitions"])
    return {it["name"]: it for it in made}


def statements(built: Built, role: str) -> list[dict[str, Any]]:
    return list(json.loads(built.one("rolePolicy:RolePolicy", role).inputs["policy"])["Statement"])


def beside(**changed: Any) -> dict[str, Any]:
    return {"sidecars": {"proxy": {"image": OTHER_IMAGE} | changed}}


def test_a_sidecar_has_no_more_privileges_than_the_service() -> None:
    made = containers(service(beside()))
    own, proxy = made["api"], made["proxy"]
    assert proxy == own | {"name": "proxy", "image": OTHER_IMAGE}
    assert (proxy["user"], proxy["readonlyRootFilesystem"], proxy["essential"]) == ("10001", True, True)


def test_everything_asked_for_is_in_the_sidecar() -> None:
    made = containers(
        service(
            beside(
                command=["run"],
                essential=False,
                memory_mib=64,
                container_health_check=CHECK,
                start_timeout_seconds=60,
                stop_timeout_seconds=5,
                container_port=9901,
                depends_on={"api": "START"},
            )
        )
    )["proxy"]
    assert made["portMappings"] == [{"containerPort": 9901, "hostPort": 9901, "protocol": "tcp"}]
    assert made["dependsOn"] == [{"containerName": "api", "condition": "START"}]
    assert (made["essential"], made["memory"], made["command"]) == (False, 64, ["run"])
    assert (made["startTimeout"], made["stopTimeout"], made["healthCheck"]["command"]) == (60, 5, ["CMD", "/check"])


def test_the_service_waits_for_its_sidecars_in_a_stable_order() -> None:
    wanted = {
        "proxy": {"image": IMAGE, "container_health_check": CHECK},
        "migrate": {"image": IMAGE, "essential": False},
    }
    made = containers(service({"sidecars": wanted, "depends_on": {"proxy": "HEALTHY", "migrate": "SUCCESS"}}))
    assert made["api"]["dependsOn"] == [
        {"containerName": "migrate", "condition": "SUCCESS"},
        {"containerName": "proxy", "condition": "HEALTHY"},
    ]


def test_ecs_may_pull_every_image_and_read_every_secret_and_file_of_a_task() -> None:
    files = {"environment_files": ["arn:aws:s3:::config/own.env"]}
    built = service(files | beside(secrets={"KEY": SECRET}, environment_files=["arn:aws:s3:::config/proxy.env"]))
    found = {it["Action"][-1]: it["Resource"] for it in statements(built, "api-execution")}
    repository = "arn:aws:ecr:eu-west-1:123456789012:repository"
    assert found["ecr:GetDownloadUrlForLayer"] == [f"{repository}/shop/api", f"{repository}/proxy"]
    assert found["secretsmanager:GetSecretValue"] == [SECRET]
    assert found["s3:GetObject"] == ["arn:aws:s3:::config/own.env", "arn:aws:s3:::config/proxy.env"]
    assert found["s3:GetBucketLocation"] == ["arn:aws:s3:::config"]
    assert containers(built)["api"]["environmentFiles"] == [{"type": "s3", "value": "arn:aws:s3:::config/own.env"}]


def test_requests_come_to_the_sidecar_that_has_the_port() -> None:
    built = service(BEHIND_BALANCER | beside(container_port=8080))
    (balanced,) = built.one("service:Service", "api").inputs["loadBalancers"]
    assert (balanced["containerName"], balanced["containerPort"]) == ("proxy", 8080)
    made = containers(built)
    assert "portMappings" not in made["api"]
    assert made["proxy"]["portMappings"][0]["containerPort"] == 8080


def test_containers_share_a_volume_that_is_empty_at_the_start() -> None:
    mount = {"volume": "out", "path": "/out"}
    args = {"volumes": {"out": {}}, "mount_points": [mount | {"read_only": True}]} | beside(mount_points=[mount])
    built = service(args)
    assert built.one("taskDefinition:TaskDefinition", "api").inputs["volumes"] == [{"name": "out"}]
    made = containers(built)
    assert made["api"]["mountPoints"] == [{"sourceVolume": "out", "containerPath": "/out", "readOnly": True}]
    assert made["proxy"]["mountPoints"] == [{"sourceVolume": "out", "containerPath": "/out", "readOnly": False}]


def test_a_file_system_is_reached_over_tls_as_the_tasks_role_through_its_access_point_and_on_nfs_only() -> None:
    mount = [{"volume": "data", "path": "/data"}]
    built = service({"volumes": {"data": EFS | {"access_point_arn": ACCESS_POINT}}, "mount_points": mount})
    assert built.one("taskDefinition:TaskDefinition", "api").inputs["volumes"] == [
        {
            "name": "data",
            "efsVolumeConfiguration": {
                "fileSystemId": "fs-0a1b",
                "transitEncryption": "ENABLED",
                "authorizationConfig": {"iam": "ENABLED", "accessPointId": "fsap-2c3d"},
            },
        }
    ]
    assert statements(built, "api-task") == [
        {
            "Effect": "Allow",
            "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
            "Resource": FILE_SYSTEM,
            "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": ACCESS_POINT}},
        }
    ]
    assert built.opened_ports() == {
        "api-to-data": ("api-id", 2049, "sg-00000ef5"),
        "api-data-in": ("sg-00000ef5", 2049, "api-id"),
    }


def test_a_file_system_that_is_only_read_and_two_behind_one_group() -> None:
    mounts = [{"volume": "a", "path": "/a"}, {"volume": "b", "path": "/b"}]
    built = service({"volumes": {"a": EFS | {"read_only": True}, "b": EFS}, "mount_points": mounts})
    first, second = statements(built, "api-task")
    assert first["Action"] == ["elasticfilesystem:ClientMount"]
    assert second["Action"] == ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    assert list(built.opened_ports()) == ["api-a-in", "api-to-a"], "AWS refuses the same rule twice"


def test_a_task_gets_the_disk_that_is_asked_for() -> None:
    built = service({"ephemeral_storage_gib": 100})
    assert built.one("taskDefinition:TaskDefinition", "api").inputs["ephemeralStorage"] == {"sizeInGib": 100}


REFUSED = [
    Refused({"sidecars": {"api": {"image": IMAGE}}}, "the keys of sidecars must be letters, digits and hyphens, start with a "
        "letter, and not be 'api', got 'api'"),
    Refused(beside(image=None), "sidecars.proxy.image is required, got nothing; give it a value"),
    Refused(beside(imagee="x"), "sidecars.proxy.imagee is not an argument; did you mean image?"),
    Refused(beside(user="root"), "sidecars.proxy.user must not be root, got 'root'; give the number of a user, such as 10001"),
    Refused(beside(environment={"A-B": "1"}), "sidecars.proxy.environment must be named by letters, digits and underscores, got 'A-B'"),
    Refused(beside(secrets={"KEY": "hunter2"}), "sidecars.proxy.secrets.KEY must be the ARN of a Secrets Manager secret or an SSM "
        "parameter, got something else; put the value there and give its ARN"),
    Refused(
        beside(environment={"KEY": "1"}, secrets={"KEY": SECRET}),
        "set KEY in sidecars.proxy.environment or sidecars.proxy.secrets, got both",
    ),
    Refused(beside(memory_mib=5), "sidecars.proxy.memory_mib must be a whole number 6-512, got 5"),
    Refused(beside(memory_mib=512), "memory_mib of sidecars must be less than memory_mib, 512, got 512; the service's own container "
        "needs some; make them smaller or memory_mib larger"),
    Refused(beside(stop_timeout_seconds=121), "sidecars.proxy.stop_timeout_seconds must be a whole number 2-120, got 121"),
    Refused(beside(start_timeout_seconds=1), "sidecars.proxy.start_timeout_seconds must be a whole number 2-120, got 1"),
    Refused(beside(container_port=0), "sidecars.proxy.container_port must be a whole number 1-65535, got 0"),
    Refused(beside(writable_paths={"/tmp": 512}), "sidecars.proxy.writable_paths must be less than memory_mib, 512, got 512; they are "
        "kept in memory, beside the program; make them smaller or memory_mib larger"),
    Refused(beside(container_health_check={"command": ["check"]}), "sidecars.proxy.container_health_check.command must begin with CMD or CMD-SHELL, got "
        "'check'; CMD-SHELL takes one line for /bin/sh, CMD a program and its arguments"),
    Refused(
        {"sidecars": {"a": {"image": IMAGE, "container_port": 90}, "b": {"image": IMAGE, "container_port": 90}}},
        "sidecars.b.container_port must differ from sidecars.a's, got 90; containers of a task have one address; change one",
    ),
    Refused(
        {"sidecars": {f"s{number}": {"image": IMAGE} for number in range(10)}},
        "sidecars must be at most 9, got 10; a task has ten containers",
    ),
    Refused(
        beside() | {"depends_on": {"cache": "START"}},
        "depends_on.cache must name another container of the task, got 'cache'; the others are proxy",
    ),
    Refused({"depends_on": {"api": "START"}}, "depends_on.api must name another container of the task, got 'api'; the others are none"),
    Refused(
        beside() | {"depends_on": {"proxy": "READY"}},
        "depends_on.proxy must be one of START, COMPLETE, SUCCESS, HEALTHY, got 'READY'",
    ),
    Refused(
        beside() | {"depends_on": {"proxy": "HEALTHY"}},
        "depends_on.proxy HEALTHY needs a health check, got none; set sidecars.proxy.container_health_check",
    ),
    Refused(
        beside(depends_on={"api": "HEALTHY"}),
        "sidecars.proxy.depends_on.api HEALTHY needs a health check, got none; set container_health_check",
    ),
    Refused(
        beside() | {"depends_on": {"proxy": "SUCCESS"}},
        "depends_on.proxy SUCCESS needs a container that is not essential; set sidecars.proxy.essential to false",
    ),
    Refused(
        beside(depends_on={"api": "COMPLETE"}),
        "sidecars.proxy.depends_on.api COMPLETE needs a container that is not essential; it never ends by itself; use START",
    ),
    Refused(
        beside(depends_on={"api": "START"}) | {"depends_on": {"proxy": "START"}},
        "depends_on must not form a circle, got api, proxy; remove one of these dependencies",
    ),
    Refused({"start_timeout_seconds": 121}, "start_timeout_seconds must be a whole number 2-120, got 121"),
    Refused({"ephemeral_storage_gib": 20}, "ephemeral_storage_gib must be a whole number 21-200, got 20"),
    Refused({"environment_files": ["config.env"]}, "environment_files[0] must be the ARN of an S3 object whose name ends in .env, "
        "got 'config.env'"),
    Refused({"volumes": {"a b": {}}}, "the keys of volumes must be letters, digits and hyphens and start with a letter, got 'a b'"),
    Refused({"volumes": {"out": {}}}, "mount_points of volumes.out must have at least one entry, got none; for example "
        '{"volume": "out", "path": "/data"}'),
    Refused(
        {"mount_points": [{"volume": "out", "path": "/out"}]},
        "mount_points[0].volume must be one of volumes, got 'out'; name it in volumes",
    ),
    Refused(
        {"volumes": {"data": {}}, "mount_points": [{"volume": "date", "path": "/out"}]},
        "mount_points[0].volume must be one of volumes, got 'date'; the volumes are data",
    ),
    *(
        Refused(
            {"volumes": {"out": {}}, "mount_points": [{"volume": "out", "path": path}]},
            f"mount_points[0].path must be an absolute path below /, without . or .. or a / at the end, got {path!r}",
        )
        for path in ("out", "/", "/out/", "/./out", "/in/../out")
    ),
    Refused(
        {"volumes": {"out": {}}, "mount_points": [{"volume": "out", "path": "/x"}] * 2},
        "mount_points[1].path must differ from the container's other paths, got '/x' twice; change one",
    ),
    Refused(
        {"volumes": {"out": {}}} | beside(mount_points=[{"volume": "in", "path": "/x"}]),
        "sidecars.proxy.mount_points[0].volume must be one of volumes, got 'in'; the volumes are out",
    ),
    Refused({"volumes": {"data": {"file_system_arn": "fs-1"}}}, "volumes.data.file_system_arn must be the ARN of an EFS file system, "
        "got 'fs-1'"),
    Refused({"volumes": {"data": {"file_system_arn": FILE_SYSTEM}}}, "volumes.data.file_system_arn needs security_group_id, got none; "
        "without it the tasks reach HTTPS only"),
    Refused({"volumes": {"data": {"read_only": True}}}, "volumes.data.read_only needs file_system_arn, got none; set it or leave "
        "read_only out"),
    Refused({"volumes": {"data": EFS | {"access_point_arn": "fsap-1"}}}, "volumes.data.access_point_arn must be the ARN of an access "
        "point, got 'fsap-1'"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "says"), REFUSED)
def test_what_cannot_work_is_refused_before_anything_exists(args: dict[str, Any], says: str) -> None:
    assert refusal(lambda: FargateService("api", TASK | args)) == f"FargateService 'api': {says}"
