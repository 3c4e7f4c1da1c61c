"""Case types, severities and alert levels against enumerations B-1, B-2 and B-3, written out here a second time."""

from __future__ import annotations

from itertools import product

import pytest

from casework.cases.case_types import CITY_CASE_TYPES, SCORE_OF, AlertLevel, Severity, severity_of
from casework.cases.defaults import alert_level_for

B1 = """
flood_drainage      น้ำท่วม–ระบายน้ำ            Flood & drainage            内涝排水       L1 high   3  Drainage & Sewerage
public_safety       ความปลอดภัย–โครงสร้าง      Public safety & structures  公共安全       L1 high   3  Disaster Prevention; Public Works
power_lighting      ไฟฟ้า–แสงสว่าง             Power & lighting            电力照明       L2 medium 7  MEA / district
road_footpath       ถนน–ทางเท้า               Roads, footpaths, bridges   道路人行道     L2 medium 7  Public Works / district
traffic_transit     จราจร–เดินทาง             Traffic & transit           交通出行       L2 medium 7  Traffic & Transportation
waste_sanitation    ความสะอาด                Waste & sanitation          环境卫生       L3 low    5  Environment / district
air_noise           มลพิษอากาศ–เสียง           Air & noise                 空气噪音       L2 medium 7  Environment; Health
health_animals      สุขอนามัย–สัตว์             Public health & animals     公共卫生动物   L2 medium 7  Health
green_space         ต้นไม้–สวน                 Trees & parks               绿化公园       L3 low    10 Environment / district
obstruction_signage สิ่งกีดขวาง–ป้าย            Obstruction & signage       占道招牌       L3 low    10 City law enforcement
social_welfare      สวัสดิการสังคม             Social welfare              社会救助       L2 medium 7  Social Development
governance_service  ร้องเรียน–บริการ            Complaints & city service   政务投诉       L3 low    15 Governor's office / Inspector
"""
URGENT = {"flood_drainage", "public_safety", "power_lighting"}


def as_written(line: str) -> tuple:
    code, thai, rest = line.split(maxsplit=2)
    words = rest.split()
    level = next(number for number, word in enumerate(words) if word in {"L0", "L1", "L2", "L3"})
    english, chinese = " ".join(words[: level - 1]), words[level - 1]
    return (
        code,
        thai,
        english,
        chinese,
        words[level],
        words[level + 1],
        " ".join(words[level + 3 :]),
        int(words[level + 2]),
        code == "social_welfare",
    )


def b3(code: str | None, severity: str, base: str) -> str:
    if severity == "critical":
        return "L0" if code in URGENT else "L1"
    if severity == "high":
        return "L1" if base in {"L0", "L1"} else "L2"
    if severity == "medium":
        return "L1" if base == "L0" else base
    return {"L0": "L1", "L1": "L2", "L2": "L3", "L3": "L3"}[base]


def test_the_twelve_types_are_those_of_b_1():
    assert [tuple(map(str, kind[:7])) + kind[7:] for kind in CITY_CASE_TYPES] == [as_written(line) for line in B1.strip().split("\n")]


@pytest.mark.parametrize(
    ("code", "severity", "base"), list(product([None, *(kind.code for kind in CITY_CASE_TYPES)], Severity, AlertLevel))
)
def test_the_alert_level_follows_b_3(code, severity, base):
    assert alert_level_for(code, severity, base) == b3(code, severity, base)


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (1, "critical"),
        (0.85, "critical"),
        (0.8499, "high"),
        (0.60, "high"),
        (0.5999, "medium"),
        (0.30, "medium"),
        (0.2999, "low"),
        (0, "low"),
    ],
)
def test_severity_has_the_cut_offs_of_b_2(score, word):
    assert severity_of(score) == word


def test_the_score_that_stands_for_a_word_has_that_word():
    assert {word: severity_of(score) for word, score in SCORE_OF.items()} == {word: word for word in Severity}
