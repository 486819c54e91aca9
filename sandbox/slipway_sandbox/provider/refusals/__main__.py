"""Writes the table of refusals as Markdown."""

from slipway_sandbox.provider.refusals import REFUSALS


def table() -> str:
    """The document, with a row for each refusal."""
    head = (
        "# What the sandbox refuses because AWS would\n\n"
        "moto lets these through. Made by `python -m slipway_sandbox.provider.refusals > docs/sandbox-refusals.md`; the words of the\n"
        "messages are AWS's. A preview already shows those with *before*: no resource exists yet.\n\n"
        "| resource | refused | AWS answers | what to do |\n| --- | --- | --- | --- |\n"
    )
    rows = []
    for refusal in REFUSALS:
        name = refusal.token.partition(":")[2].partition("/")[0] + "." + refusal.token.rpartition(":")[2]
        summary = str(refusal.finds.__doc__).partition("\n")[0].rstrip(".")
        before = " *(before)*" if refusal.plain else ""
        rows.append(f"| {name} | {summary}{before} | {refusal.operation}: {refusal.code} | {refusal.hint} |\n")
    return head + "".join(rows)


if __name__ == "__main__":
    print(table(), end="")
