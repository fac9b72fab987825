"""What the service has done → counters in the words of Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from renderer.service.state import States

_SECONDS = (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 30.0)


class Metrics:
    """Counters of one service."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "renderer_requests_total", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "renderer_request_seconds", "Time to the first byte of an answer.", ("route",), buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self._jobs = Gauge("renderer_jobs", "Jobs by state.", ("state",), registry=self._registry)
        self.sheets_waiting = Gauge("renderer_sheets_waiting", "Sheets that are being drawn.", registry=self._registry)

    def write(self, states: States) -> Response:
        """Write all of them."""
        for state, count in states.counts().items():
            self._jobs.labels(state).set(count)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(route, method, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
