"""Answers that every route of this face may give, for its documentation."""

from __future__ import annotations

from typing import Any

INVALID_JSON: dict[str, Any] = {
    "error": "invalid json",
    "code": "invalid-fields",
    "errors": [{"pointer": "/n", "detail": "Input should be a valid integer"}],
}
TOO_LARGE: dict[str, Any] = {"error": "request body too large", "code": "body-too-large"}
NO_GEOMETRY: dict[str, Any] = {
    "error": "geometry is required",
    "code": "geometry-required",
    "errors": [{"pointer": "/geometry", "detail": "geometry is required"}],
}
SEQ_REQUIRED: dict[str, Any] = {
    "error": "seq is required",
    "code": "seq-required",
    "errors": [{"pointer": "/seq", "detail": "a positive report number is required"}],
}
NO_SEED: dict[str, Any] = {"error": "seed report not found", "code": "seed-report-not-found"}
UNKNOWN_CLASSIFICATION: dict[str, Any] = {
    "error": "classification must be one of physical, digital",
    "code": "unknown-classification",
    "errors": [{"pointer": "/classification", "detail": "classification must be one of physical, digital"}],
    "allowed": ["physical", "digital"],
}

POINT = {"latitude": 13.7501, "longitude": 100.531}
SCOPE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[100.52, 13.74], [100.54, 13.74], [100.54, 13.76], [100.52, 13.76], [100.52, 13.74]]],
}
REPORT: dict[str, Any] = {
    "report": {
        "seq": 41,
        "public_id": "r1f0c9a77be02",
        "timestamp": "2026-11-21T09:00:00Z",
        "id": "u7",
        "team": 0,
        **POINT,
        "x": 0.0,
        "y": 0.0,
        "last_email_sent_at": None,
    },
    "analysis": [
        {
            "seq": 41,
            "source": "intake",
            "analysis_text": "",
            "title": "Blocked drain",
            "description": "Water stands ankle-deep after rain.",
            "brand_name": "",
            "brand_display_name": "",
            "litter_probability": 0.1,
            "hazard_probability": 0.7,
            "digital_bug_probability": 0.0,
            "severity_level": 0.75,
            "summary": "",
            "language": "en",
            "classification": "physical",
            "inferred_contact_emails": "",
            "is_valid": True,
            "created_at": "2026-11-21T09:00:02Z",
            "updated_at": "2026-11-21T09:00:02Z",
        }
    ],
}
HYPOTHESIS: dict[str, Any] = {
    "hypothesis_id": "hyp_0f3a91c2d4e5",
    "title": "Blocked drain",
    "classification": "physical",
    "representative_report_seq": 41,
    "report_seqs": [41],
    "report_count": 1,
    "confidence": 0.68,
    "confidence_components": {"base": 0.45, "witnesses": 0.08, "severity": 0.15},
    "severity_score": 0.75,
    "urgency_score": 0.93,
    "rationale": [],
    "cohesion": 0.0,
    "link_components": {"classification": 0.0, "location": 0.0, "language": 0.0, "severity": 0.0, "organisation": 0.0},
    "first_seen_at": "2026-11-21T09:00:00Z",
    "last_seen_at": "2026-11-21T09:00:00Z",
}
ANALYSIS: dict[str, Any] = {
    "scope_type": "geometry",
    "classification": "physical",
    "truncated": False,
    "total_in_scope": 1,
    "reports": [REPORT],
    "stats": {
        "classification": "physical",
        "report_count": 1,
        "severity_average": 0.75,
        "severity_max": 0.75,
        "high_priority_count": 0,
        "medium_priority_count": 1,
        "first_seen_at": "2026-11-21T09:00:00Z",
        "last_seen_at": "2026-11-21T09:00:00Z",
        "classification_breakdown": {"physical": 1},
    },
    "hypotheses": [HYPOTHESIS],
    "suggested_targets": [],
    "candidate_cases": [],
    "geometry": SCOPE,
}
SURROUNDINGS: dict[str, Any] = {name: found for name, found in ANALYSIS.items() if name != "geometry"} | {
    "scope_type": "seed_report",
    "anchor_report_seq": 41,
    "radius_km": 0.25,
}
