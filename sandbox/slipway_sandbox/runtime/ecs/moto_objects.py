"""moto's ECS objects: they carry attributes that moto's own classes do not declare, and show them in the API."""

from typing import Any, TypeAlias

MotoService: TypeAlias = Any
"""moto.ecs.models.Service with deployment_configuration, created_at, last_completed, ..."""
MotoTask: TypeAlias = Any
"""moto.ecs.models.Task with stop_code, health_status, cpu, memory, started_at, ..."""
