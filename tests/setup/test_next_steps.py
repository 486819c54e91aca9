"""The end of `make up`: commands to paste as they are printed."""

import pytest

from setup import next_steps

OUTPUTS = {
    "apiUrl": "http://localhost:1",
    "topicArn": "arn:t",
    "bastionSshCommand": "ssh -i k.pem ec2-user@127.1.2.3",
}
OTHER = {"command": "ssh -i k.pem -p 4022 ec2-user@127.0.0.1", "note": "127.1.2.3:22 cannot be opened here: taken"}


@pytest.mark.parametrize(
    ("instances", "printed"),
    [
        ([], "ssh -i k.pem ec2-user@127.1.2.3"),
        ([{"command": "ssh -i k.pem ec2-user@127.1.2.3", "note": ""}], "ssh -i k.pem ec2-user@127.1.2.3"),
        ([{"command": "", "note": "starting"}, OTHER], OTHER["command"]),
        ([OTHER | {"note": "127.1.2.33:22 cannot be opened here: taken"}], "ssh -i k.pem ec2-user@127.1.2.3"),
    ],
    ids=["no instance yet", "port 22 is the bastion's", "port 22 is taken", "another instance's port 22 is taken"],
)
def test_the_ssh_command_is_the_one_that_connects(instances: list[dict[str, str]], printed: str) -> None:
    assert f"\n  {printed}\n" in next_steps.text(OUTPUTS, instances)
