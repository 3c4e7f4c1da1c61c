"""Seeded sets of civic reports whose true incidents are known, to measure clustering on.

The sentences are written the way people complain, in Thai, English and Chinese. Some name no problem term at all, and
a few per cent say nothing but "still the same". There are two stocks. `known`
(`labelled_reports.json`): its misses were looked at while the lexicon grew. `fresh` (`labelled_reports_fresh.json`):
written after it; no problem term was taken from it, its misses only led to fewer place nouns among the terms and to
more stop words. The fresh figure is the one to quote. Three kinds of sets:

* shared places: on every spot incidents compete: another problem at the same time, the same problem months later, the
  same problem two streets on, and unrelated single reports close by;
* spread: each incident has a spot of its own somewhere in the city, with unrelated single reports between them;
* plaza: thousands of near-identical reports on one square within a few days.

Degrees, aware UTC instants, severity 0..1. The same seed gives the same set.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from casework.reports.clustering import ClusterReport
from casework.reports.tokens import tokenise

SOUTH, WEST = 13.60, 100.35
SIDE_DEGREES = 0.30
STARTS_AT = datetime(2026, 1, 5, tzinfo=UTC)
METRES_PER_DEGREE = 111_195.0
LANGUAGES = ("th", "en", "zh")
LANGUAGE_WEIGHTS = (0.6, 0.25, 0.15)
KIN = (
    {"flood", "waterpipe"},
    {"garbage", "canal", "mosquito"},
    {"pothole", "manhole", "footpath"},
    {"vendors", "parking"},
)
"""Kinds that people describe alike; they never compete for one spot, since no reader could tell them apart there."""
BRANDS = ("Siam Corner", "Lotus Mini", "Chao Phraya Tower", "Baan Suan Mall", "Krung Market")


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """`labels[i]` is the incident of `reports[i]`; every single report has a label of its own."""

    name: str
    reports: list[ClusterReport]
    labels: list[int]


@dataclass(frozen=True, slots=True)
class _Incident:
    label: int
    kind: str
    latitude: float
    longitude: float
    starts_at: datetime
    severity: float
    brand: str


@cache
def _sentences(wording: str) -> dict[str, Any]:
    name = {"known": "labelled_reports.json", "fresh": "labelled_reports_fresh.json"}[wording]
    return json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


class _City:
    """Hands out spots, incidents and their witnesses."""

    def __init__(self, seed: int, wording: str) -> None:
        self._random = random.Random(seed)
        self._stock = _sentences(wording)
        self._label = 0
        self.reports: list[ClusterReport] = []
        self.labels: list[int] = []

    def spot(self) -> tuple[float, float]:
        return SOUTH + SIDE_DEGREES * self._random.random(), WEST + SIDE_DEGREES * self._random.random()

    def day(self) -> datetime:
        return STARTS_AT + timedelta(days=300 * self._random.random())

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def kind(self, besides: AbstractSet[str] = frozenset()) -> str:
        taken = set(besides).union(*(group for group in KIN if group & besides))
        return self._random.choice(sorted(set(self._stock["kinds"]) - taken))

    def moved(self, spot: tuple[float, float], metres: float) -> tuple[float, float]:
        turn = math.tau * self._random.random()
        north, east = metres * math.sin(turn), metres * math.cos(turn)
        return spot[0] + north / METRES_PER_DEGREE, spot[1] + east / METRES_PER_DEGREE / math.cos(math.radians(spot[0]))

    def between(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)

    def incident(self, kind: str, spot: tuple[float, float], starts_at: datetime) -> None:
        """Two to fourteen witnesses within about a week and some tens of metres."""
        seen = self._incident(kind, spot, starts_at)
        for _ in range(2 + min(12, int(self._random.expovariate(1 / 4.5)))):
            self._witness(seen, scatter_m=18.0, days=min(9.0, self._random.expovariate(1 / 2.0)))

    def single(self, kind: str, spot: tuple[float, float], at: datetime) -> None:
        self._witness(self._incident(kind, spot, at), scatter_m=5.0, days=0.0)

    def _incident(self, kind: str, spot: tuple[float, float], starts_at: datetime) -> _Incident:
        self._label += 1
        usual = self._stock["kinds"][kind]["severity"]
        brand = self._random.choice(BRANDS) if self.chance(0.25) else ""
        return _Incident(self._label, kind, *spot, starts_at, usual + self._random.gauss(0, 0.08), brand)

    def _witness(self, seen: _Incident, *, scatter_m: float, days: float) -> None:
        here = self.moved((seen.latitude, seen.longitude), abs(self._random.gauss(0, scatter_m * 1.4)))
        language = self._random.choices(LANGUAGES, LANGUAGE_WEIGHTS)[0]
        title, description = self._texts(seen.kind, language)
        self.labels.append(seen.label)
        self.reports.append(
            ClusterReport(
                seq=len(self.reports) + 1,
                latitude=here[0],
                longitude=here[1],
                observed_at=seen.starts_at + timedelta(days=days),
                tokens=tuple(tokenise(title, "", description)),
                language=language,
                severity=round(min(1.0, max(0.0, seen.severity + self._random.gauss(0, 0.07))), 2),
                brand=seen.brand if self.chance(0.6) else "",
                reporter=f"u{self._random.randrange(10_000)}",
                title=title,
                description=description,
            )
        )

    def _texts(self, kind: str, language: str) -> tuple[str, str]:
        written, pick = self._stock, self._random.choice
        place = pick(written["places"][language])
        core = pick(written["vague"][language]) if self.chance(0.03) else pick(written["kinds"][kind][language])
        text = pick(written["openings"][language]) + core.format(place=place) + pick(written["closings"][language])
        return pick(written["titles"][language]), text


def shared_places(size: int = 2_400, seed: int = 1, wording: str = "fresh") -> LabelledSet:
    """At least `size` reports in which incidents share places."""
    city = _City(seed, wording)
    while len(city.reports) < size:
        spot, at, kind = city.spot(), city.day(), city.kind()
        city.incident(kind, spot, at)
        kinds = {kind}
        if city.chance(0.45):
            kinds.add(other := city.kind(kinds))
            city.incident(other, city.moved(spot, city.between(0, 30)), at + timedelta(days=city.between(-3, 3)))
        if city.chance(0.35):
            city.incident(kind, city.moved(spot, city.between(0, 15)), at + timedelta(days=city.between(60, 150)))
        if city.chance(0.35):
            city.incident(kind, city.moved(spot, city.between(300, 480)), at + timedelta(days=city.between(-2, 2)))
        for _ in range(2):
            if city.chance(0.6):
                kinds.add(stranger := city.kind(kinds))
                city.single(stranger, city.moved(spot, city.between(20, 400)), at + timedelta(days=city.between(-30, 30)))
    return LabelledSet("shared places", city.reports, city.labels)


def spread(size: int = 2_400, seed: int = 2, wording: str = "fresh") -> LabelledSet:
    """At least `size` reports of incidents that lie far apart."""
    city = _City(seed, wording)
    while len(city.reports) < size:
        city.incident(city.kind(), city.spot(), city.day())
        if city.chance(0.5):
            city.single(city.kind(), city.spot(), city.day())
    return LabelledSet("spread over the city", city.reports, city.labels)


def plaza(size: int = 5_000, seed: int = 3, wording: str = "fresh") -> LabelledSet:
    """Near-identical reports within 100 m and a week: one true incident."""
    city = _City(seed, wording)
    spot, at = city.spot(), city.day()
    seen = city._incident("flood", spot, at)  # noqa: SLF001 - same module
    for _ in range(size):
        city._witness(seen, scatter_m=25.0, days=city.between(0, 7))  # noqa: SLF001
    return LabelledSet("one plaza", city.reports, city.labels)
