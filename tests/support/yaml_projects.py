"""Projects in YAML with the component plugin."""

from pathlib import Path

PROJECT = """
name: {name}
runtime: yaml
plugins: {{providers: [{{name: slipway, path: ../slipway/components}}]}}
"""


def project(folder: Path, name: str, program: str) -> Path:
    """A YAML program in a folder of its own."""
    directory = folder / name
    directory.mkdir(exist_ok=True)
    (directory / "Pulumi.yaml").write_text(PROJECT.format(name=name) + program)
    return directory
