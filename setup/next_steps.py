"""Commands to try once the reference platform runs in the sandbox: its URL, an order to send, the bastion."""

from collections.abc import Iterable, Mapping

ORDER = '{"id": "order-1", "kind": "physical", "quantity": 2}'


def text(outputs: Mapping[str, str], instances: Iterable[Mapping[str, str]]) -> str:
    """The stack's outputs to commands ready to paste. `instances` come from the sandbox's status."""
    ssh = outputs["bastionSshCommand"]
    address = ssh.rpartition("@")[2]
    # A sshd of this machine that listens on every address has port 22 of that one, too.
    ssh = next((entry["command"] for entry in instances if entry["note"].startswith(f"{address}:")), ssh)
    return f"""
The orders platform runs on this machine. What to try next:

  curl {outputs["apiUrl"]}/health
  curl {outputs["apiUrl"]}/orders -H 'Content-Type: application/json' -d '{ORDER}'

  eval "$(make env)"                 # from here on this shell talks to the sandbox
  slipway status                     # services, targets and queues
  slipway smoke                      # a test message to each queue, and who got it
  pulumi preview                     # no changes, until you make one
  {ssh}

  make down                          # destroys it all"""
