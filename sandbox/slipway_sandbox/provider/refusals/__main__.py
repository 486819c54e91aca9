"""Writes the table of refusals as Markdown."""

from slipway_sandbox.provider.refusals import REFUSALS


def table() -> str:
    """The document: one row a refusal."""
    head = (
        "# What the sandbox refuses because AWS would\n\n"
        "moto lets these through. Made by `python -m slipway_sandbox.provider.refusals > docs/sandbox-refusals.md`; the words of the\n"
        "messages are AWS's. *Before* are those told in the preview, before the first resource exists.\n\n"
        "| resource | refused | AWS answers | what to do |\n| --- | --- | --- | --- |\n"
    )
    rows = []
    for each in REFUSALS:
        name = each.token.partition(":")[2].partition("/")[0] + "." + each.token.rpartition(":")[2]
        summary = str(each.finds.__doc__).partition("\n")[0].rstrip(".")
        before = " *(before)*" if each.plain else ""
        rows.append(f"| {name} | {summary}{before} | {each.operation}: {each.code} | {each.hint} |\n")
    return head + "".join(rows)


if __name__ == "__main__":
    print(table(), end="")
