"""Answers for machines: is the process alive, may it get requests, what has it done."""

import os

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from qixue.core.audience import for_everybody, for_this_machine
from qixue.core.metrics import Readings

LOOPBACK = {"127.0.0.1", "::1"}


def pending_migrations() -> list[str]:
    """Migrations of this version that the database does not have, as `app.name`. Raises DatabaseError."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@for_everybody
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Says nothing about the database: a restart would not mend that."""
    return HttpResponse("ok\n", content_type="text/plain")


@for_everybody
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database can be reached and is migrated, 503 otherwise; no details that help an attacker."""
    try:
        state = {"database": "ok", "migrations": "pending" if pending_migrations() else "ok"}
    except DatabaseError:
        state = {"database": "unreachable", "migrations": "unknown"}
    is_ready = set(state.values()) == {"ok"}
    return JsonResponse({"ready": is_ready, **state}, status=200 if is_ready else 503)


@for_this_machine
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for a collector on this machine; for others, also through a proxy, there is no such page."""
    if request.META.get("REMOTE_ADDR") not in LOOPBACK or "X-Forwarded-For" in request.headers:
        raise Http404
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    read_now = CollectorRegistry()
    read_now.register(Readings())
    return HttpResponse(generate_latest(registry) + generate_latest(read_now), content_type=CONTENT_TYPE_LATEST)
