"""The demo's input keeps the promises of local/demo_reports.md."""

import json
import re
from collections import Counter
from itertools import combinations, pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

LOCAL = Path(__file__).resolve().parents[3] / "local"
REPORTS: list[dict[str, Any]] = [json.loads(line) for line in (LOCAL / "demo_reports.jsonl").read_text(encoding="utf-8").splitlines()]
AREAS: dict[str, Any] = json.loads((LOCAL / "demo_areas.json").read_text(encoding="utf-8"))
TEXT_FIELDS = ("title", "summary", "description")
MAIN_INCIDENTS = {
    "flood-samyan-market",
    "signal-samyan-corner",
    "livewire-school-gate",
    "sinkhole-ladphrao",
    "tree-ari-footpath",
    "smoke-onnut-community",
}
STRONGEST = "flood-samyan-market"
METRES_PER_DEGREE = 111_195.0
OLD_HOURS = 40 * 24
SIX = 6
SCRIPTS = {"th": r"[\u0e01-\u0e5b]", "en": r"[A-Za-z]", "zh": r"[\u4e00-\u9fff]"}
PHONE = re.compile(r"\d(?:[\s.\-()]*\d){6,}")
REFUSED_ADDRESS = re.compile(r"test@|example@|sample@|demo@|no-?reply@|donotreply@|@example\.com|@test\.com|@localhost")


def metres(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Flat-earth distance; good to centimetres within one neighbourhood."""
    east = (a["longitude"] - b["longitude"]) * cos(radians(a["latitude"]))
    return METRES_PER_DEGREE * hypot(east, a["latitude"] - b["latitude"])


def told(incident: str | None) -> list[dict[str, Any]]:
    """The distinct reports of one incident."""
    return list({r["external_id"]: r for r in REPORTS if r["incident"] == incident}.values())


def inside(report: dict[str, Any], ring: list[list[float]]) -> bool:
    """Even-odd rule on a closed ring of longitude, latitude pairs."""
    x, y = report["longitude"], report["latitude"]
    crossings = [x < ax + (y - ay) * (bx - ax) / (by - ay) for (ax, ay), (bx, by) in pairwise(ring) if (ay > y) != (by > y)]
    return sum(crossings) % 2 == 1


def addresses() -> list[str]:
    """Every mail address of both files."""
    inferred = [mail for r in REPORTS for mail in r.get("inferred_contact_emails", [])]
    return inferred + [contact["email"] for area in AREAS["areas"] for contact in area["contacts"]]


def test_there_are_enough_reports_in_three_languages() -> None:
    languages = Counter(r["language"] for r in REPORTS)
    assert len(REPORTS) == 266
    assert languages == {"th": 143, "en": 67, "zh": 56}


def test_labelled_reports_are_written_in_the_script_of_their_language() -> None:
    labelled = [r for r in REPORTS if r["incident"]]
    assert all(re.search(SCRIPTS[r["language"]], r["description"]) for r in labelled)


def test_only_the_six_exact_duplicates_repeat_an_external_id() -> None:
    lines = Counter(json.dumps(r, sort_keys=True) for r in REPORTS)
    ids = Counter(r["external_id"] for r in REPORTS)
    assert sorted(lines.values(), reverse=True)[: SIX + 1] == [2] * SIX + [1]
    assert len(ids) == len(lines) == len(REPORTS) - SIX


def test_no_two_external_ids_tell_the_same_words() -> None:
    distinct = {r["external_id"]: r["description"] for r in REPORTS}
    assert len(set(distinct.values())) == len(distinct)


def test_every_report_is_a_plausible_ingest_item_in_bangkok() -> None:
    for r in REPORTS:
        assert any(r.get(field, "").strip() for field in TEXT_FIELDS)
        assert 13.49 < r["latitude"] < 13.96
        assert 100.32 < r["longitude"] < 100.94
        assert 0 <= r["severity_level"] <= 1
        assert r["classification"] == "physical"
        assert r["hours_ago"] > 0


def test_nothing_looks_like_a_phone_number_or_a_refused_address() -> None:
    texts = [str(r.get(field, "")) for r in REPORTS for field in (*TEXT_FIELDS, "external_id")]
    assert not [text for text in texts if PHONE.search(text)]
    assert not [mail for mail in addresses() if REFUSED_ADDRESS.search(mail)]
    assert all(re.search(r"@[a-z-]+\.example\.(org|net)$", mail) for mail in addresses())


def test_no_address_is_written_inside_a_text() -> None:
    assert not [r for r in REPORTS for field in TEXT_FIELDS if "@" in r.get(field, "")]


def test_the_six_incidents_have_many_witnesses_close_together_in_three_languages() -> None:
    for incident in MAIN_INCIDENTS:
        reports = told(incident)
        assert len(reports) >= SIX
        assert {r["language"] for r in reports} == set(SCRIPTS)
        assert max(metres(a, b) for a, b in combinations(reports, 2)) <= 150


def test_look_alikes_share_a_place_or_a_problem_but_not_both() -> None:
    flood, signal = told(STRONGEST)[0], told("signal-samyan-corner")[0]
    assert metres(flood, signal) <= 150
    assert min(metres(flood, r) for r in told("flood-chula-soi-22")) > 250
    earlier = told("flood-samyan-market-earlier")
    assert min(r["hours_ago"] for r in earlier) >= OLD_HOURS
    assert max(metres(flood, r) for r in earlier) <= 150


def test_most_other_reports_are_unrelated_singles() -> None:
    assert len(told(None)) >= 110


def test_the_scope_holds_the_strongest_incident_and_others() -> None:
    (ring,) = AREAS["scope"]["coordinates"]
    held = {name for name in MAIN_INCIDENTS if all(inside(r, ring) for r in told(name))}
    assert held == {STRONGEST, "signal-samyan-corner", "livewire-school-gate"}
    severest = {name: max(r["severity_level"] for r in told(name)) for name in MAIN_INCIDENTS}
    assert max(severest, key=severest.__getitem__) == STRONGEST


def test_areas_are_closed_rings_with_consenting_contacts() -> None:
    roles = {"district_office", "department", "state_enterprise", "contractor", "regulator", "emergency"}
    for area in AREAS["areas"]:
        (ring,) = area["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert area["name"]
        assert area["name_th"]
        assert area["name_zh"]
        assert all(c["role"] in roles and c["consent_report"] for c in area["contacts"])
