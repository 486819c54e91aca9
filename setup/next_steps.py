"""What to try once the reference platform runs in the sandbox: its URL, an order to send, the bastion."""

from collections.abc import Mapping

ORDER = '{"id": "order-1", "kind": "physical", "quantity": 2}'


def text(outputs: Mapping[str, str]) -> str:
    """The stack's outputs to commands that can be pasted."""
    return f"""
The orders platform runs on this machine. What to try next:

  curl {outputs["apiUrl"]}/health
  curl {outputs["apiUrl"]}/orders -H 'Content-Type: application/json' -d '{ORDER}'

  eval "$(make env)"                 # from here on this shell talks to the sandbox
  python -m ops status               # services, targets and queues
  pulumi preview                     # no changes, until you make one
  {outputs["bastionSshCommand"]}

  make down                          # destroys it all"""
