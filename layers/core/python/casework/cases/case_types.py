"""The twelve case types of a city and their defaults (enumerations B-1), and the scales that hang on them (B-2, B-3)."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is (B-2)."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class AlertLevel(StrEnum):
    """Who is told, and how fast (B-4)."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class Category(StrEnum):
    """What a troubleshooting case is about (v1 contract §2)."""

    PERFORMANCE = "performance"
    ERROR = "error"
    CONFIGURATION = "configuration"
    INFRASTRUCTURE = "infrastructure"
    SECURITY = "security"
    OTHER = "other"


class CaseType(NamedTuple):
    """One type: trilingual label, defaults, lead body, target days to resolve."""

    code: str
    title_th: str
    title_en: str
    title_zh: str
    alert_level: AlertLevel
    severity: Severity
    lead_body: str
    resolve_days: int
    sensitive: bool = False


_L1, _L2, _L3 = AlertLevel.L1, AlertLevel.L2, AlertLevel.L3
_HIGH, _MEDIUM, _LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW

CITY_CASE_TYPES = (
    CaseType("flood_drainage", "น้ำท่วม–ระบายน้ำ", "Flood & drainage", "内涝排水", _L1, _HIGH, "Drainage & Sewerage", 3),
    CaseType(
        "public_safety", "ความปลอดภัย–โครงสร้าง", "Public safety & structures", "公共安全", _L1, _HIGH, "Disaster Prevention; Public Works", 3
    ),
    CaseType("power_lighting", "ไฟฟ้า–แสงสว่าง", "Power & lighting", "电力照明", _L2, _MEDIUM, "MEA / district", 7),
    CaseType("road_footpath", "ถนน–ทางเท้า", "Roads, footpaths, bridges", "道路人行道", _L2, _MEDIUM, "Public Works / district", 7),
    CaseType("traffic_transit", "จราจร–เดินทาง", "Traffic & transit", "交通出行", _L2, _MEDIUM, "Traffic & Transportation", 7),
    CaseType("waste_sanitation", "ความสะอาด", "Waste & sanitation", "环境卫生", _L3, _LOW, "Environment / district", 5),
    CaseType("air_noise", "มลพิษอากาศ–เสียง", "Air & noise", "空气噪音", _L2, _MEDIUM, "Environment; Health", 7),
    CaseType("health_animals", "สุขอนามัย–สัตว์", "Public health & animals", "公共卫生动物", _L2, _MEDIUM, "Health", 7),
    CaseType("green_space", "ต้นไม้–สวน", "Trees & parks", "绿化公园", _L3, _LOW, "Environment / district", 10),
    CaseType("obstruction_signage", "สิ่งกีดขวาง–ป้าย", "Obstruction & signage", "占道招牌", _L3, _LOW, "City law enforcement", 10),
    CaseType("social_welfare", "สวัสดิการสังคม", "Social welfare", "社会救助", _L2, _MEDIUM, "Social Development", 7, sensitive=True),
    CaseType(
        "governance_service", "ร้องเรียน–บริการ", "Complaints & city service", "政务投诉", _L3, _LOW, "Governor's office / Inspector", 15
    ),
)

_SCORES = ((0.85, Severity.CRITICAL), (0.60, Severity.HIGH), (0.30, Severity.MEDIUM))
SCORE_OF = {Severity.CRITICAL: 0.9, Severity.HIGH: 0.7, Severity.MEDIUM: 0.45, Severity.LOW: 0.15}
"""The score that stands for a severity which was given as a word: the middle of its band, roughly."""


def severity_of(score: float) -> Severity:
    """Return the severity of a score 0..1 (B-2 cut-offs)."""
    return next((severity for floor, severity in _SCORES if score >= floor), Severity.LOW)
