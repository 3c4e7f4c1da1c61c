"""One figure for CloudWatch, as a line of the embedded metric format on standard output; no call, no library of AWS."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Casework"

__all__ = ["NAMESPACE", "MetricUnit", "put_metric"]


def put_metric(name: str, value: float, unit: MetricUnit = MetricUnit.Count) -> None:
    """Emit a metric without dimensions of its own, so that one alarm of template.yaml can watch it."""
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE):
        pass
