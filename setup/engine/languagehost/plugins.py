"""Command line of a policy pack or plugin written in Python."""

import tomllib

from .toolchain import Project, ToolchainError

ANALYZER = "analyzer"  # the engine's word for a policy pack


def command(project: Project, kind: str, arguments: list[str]) -> list[str]:
    """The command line of a plugin of this kind. Raises ToolchainError when the directory cannot be run."""
    if kind == ANALYZER:
        return [project.python, "-u", "-m", "pulumi.policy", *arguments, str(project.directory)]
    if (project.root / "__main__.py").exists():
        return [project.python, "-u", str(project.directory), *arguments]
    distribution = buildable_distribution(project)
    if distribution is None:
        raise ToolchainError(
            f"the plugin in {project.root} has neither a __main__.py nor a pyproject.toml with name and build-backend; "
            "write a __main__.py that calls component_provider_host"
        )
    return [project.python, "-u", "-m", "pulumi.run.plugin", distribution, *arguments]


def buildable_distribution(project: Project) -> str | None:
    """The distribution name in the plugin's pyproject.toml; None without a name or a build backend."""
    path = project.root / "pyproject.toml"
    if not path.exists():
        return None
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ToolchainError(f"{path} is not valid TOML: {error}; correct it") from error
    name: str | None = content.get("project", {}).get("name")
    return name if name and content.get("build-system", {}).get("build-backend") else None
