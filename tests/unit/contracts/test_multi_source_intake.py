"""The shipped intake contract against enumerations B-13 and B-14, against the code, and spoiled copies of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from casework.cases.case_types import AlertLevel
from casework.contracts import multi_source_intake
from casework.contracts.multi_source_intake import MultiSourceIntake
from casework.identity.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(multi_source_intake.__file__).with_suffix(".json").read_text(encoding="utf-8")
B13 = """
line_oa             line_signature         high   0.7
web_mobile_form     captcha,api_key        high   0.7
open311_traffy_feed api_key                medium 0.8
email_inbox         dkim_spf               high   0.6
call_centre_1555    service_account        high   0.8
iot_sensor          iam                    none   0.9
news_social_monitor fetcher_key            medium 0.3
partner_webhook     hmac                   low    0.8
document_drop       presigned              high   0.6
l1_desk             jwt,slack_signature    medium 0.8
"""
ARRIVAL = """
line_oa             webhook      text
web_mobile_form     form         text
open311_traffy_feed polling      text
email_inbox         mail         text
call_centre_1555    api          audio,text
iot_sensor          queue        sensor_reading
news_social_monitor api          text
partner_webhook     webhook      monitoring_event
document_drop       upload       pdf,photo,audio
l1_desk             api,webhook  text
"""
B14_DAYS = {
    "quarantine_objects": 7, "quarantine_objects_failed": 30, "attachments_pdpa_hot": 730, "contact_vault": 180, "precise_location": 30,
    "raw_inbox_text": 30, "email_bodies": 365, "webhook_deliveries": 30, "chat_payloads": 30, "idempotency_keys": 1, "access_logs": 365,
    "rejected_proposals": 365,
}  # fmt: skip
B14_YEARS = {"cases_events": 10, "ai_trace": 5, "audit_export_log": 5, "delivery_rows": 5}


def shipped() -> MultiSourceIntake:
    return MultiSourceIntake.model_validate_json(SHIPPED)


def kept(code: str):
    return next(each for each in shipped().retention if each.code == code)


def test_the_ten_sources_are_those_of_b_13():
    rows = [f"{each.code} {','.join(each.auth)} {each.pii_class} {each.trust}" for each in shipped().sources]
    assert [row.split() for row in rows] == [line.split() for line in B13.strip().split("\n")]


def test_each_source_arrives_by_its_channel_in_its_media():
    rows = [f"{each.code} {','.join(each.channels)} {','.join(each.media)}" for each in shipped().sources]
    assert [row.split() for row in rows] == [line.split() for line in ARRIVAL.strip().split("\n")]


def test_sensors_and_monitoring_are_no_human_witnesses():
    others = {each.code: each.witness for each in shipped().sources if each.witness != "human"}
    assert others == {"iot_sensor": "sensor", "news_social_monitor": "monitoring", "partner_webhook": "monitoring"}


def test_an_item_is_known_by_source_and_external_id():
    assert shipped().idempotency_key == ("source", "external_id")


def test_only_the_news_monitor_is_of_low_trust_and_alone_reaches_neither_l0_nor_l1():
    rule = shipped().low_trust
    assert (rule.below_trust, rule.alert_levels_never_alone) == (0.5, (AlertLevel.L0, AlertLevel.L1))
    assert [each.code for each in shipped().sources if each.trust < rule.below_trust] == ["news_social_monitor"]


def test_a_request_and_a_run_take_five_hundred_items():
    limits = shipped().limits
    assert (limits.signals_per_request_max, limits.inbox_items_per_run_max) == (500, 500)


def test_people_are_taken_out_before_any_outbound_call():
    rule = shipped().redaction
    assert rule.before == "outbound_call"
    assert {each.code for each in rule.kinds} == {
        "thai_id", "phone", "plate", "email", "line_id", "bank_account", "payment_card", "passport", "name",
    }  # fmt: skip


def test_data_is_kept_as_long_as_b_14_says():
    rows = shipped().retention
    assert {each.code: each.retention_days for each in rows if each.retention_days} == B14_DAYS
    assert {each.code: each.retention_years for each in rows if each.retention_years} == B14_YEARS


def test_attachments_and_contacts_are_counted_from_the_case_s_end():
    assert {each.code for each in shipped().retention if each.since == "case_closed"} == {"attachments_pdpa_hot", "contact_vault"}
    assert kept("attachments_pdpa_hot").hot_days == 90
    assert kept("contact_vault").ended_by == ("consent_withdrawn",)


def test_what_is_left_afterwards_is_said_where_it_is_not_nothing():
    left = {each.code: each.then for each in shipped().retention if each.then != "delete"}
    assert left == {"raw_inbox_text": "redacted_copy_with_case", "rejected_proposals": "aggregate_only"}
    payloads = {each.code: each.personal_payload for each in shipped().retention if each.personal_payload != "as_stored"}
    assert payloads == {"cases_events": "crypto_shreddable", "ai_trace": "redacted"}


def test_the_conditions_of_b_14_stand_beside_their_figures():
    assert kept("quarantine_objects_failed").readers == (Role.DPO,)
    assert kept("precise_location").only_with == ("opt_in",)
    assert kept("access_logs").at_least_days == 90
    assert [each.code for each in shipped().retention if each.object_lock] == ["audit_export_log"]


def test_a_subject_s_request_is_acknowledged_in_a_day_and_answered_within_the_limits():
    requests = shipped().subject_requests
    assert requests.acknowledge_hours == 24
    assert {each.code: (each.target_days, each.limit_days) for each in requests.kinds} == {"access": (7, 30), "erasure": (30, 90)}


def extra_key(file: dict[str, Any]) -> None:
    file["sources"][0]["colour"] = "red"


def blank_translation(file: dict[str, Any]) -> None:
    file["retention"][0]["label"]["th"] = "  "


def other_name(file: dict[str, Any]) -> None:
    file["contract"] = "case_schema"


def source_twice(file: dict[str, Any]) -> None:
    file["sources"].append(file["sources"][0])


def retention_twice(file: dict[str, Any]) -> None:
    file["retention"].append(file["retention"][0])


def redaction_twice(file: dict[str, Any]) -> None:
    file["redaction"]["kinds"].append(file["redaction"]["kinds"][0])


def unknown_auth(file: dict[str, Any]) -> None:
    file["sources"][0]["auth"] = ["handshake"]


def unknown_channel(file: dict[str, Any]) -> None:
    file["sources"][0]["channels"] = ["pigeon"]


def unknown_medium(file: dict[str, Any]) -> None:
    file["sources"][0]["media"] = ["smoke"]


def unknown_pii_class(file: dict[str, Any]) -> None:
    file["sources"][0]["pii_class"] = "some"


def trust_beyond_one(file: dict[str, Any]) -> None:
    file["sources"][0]["trust"] = 7


def redaction_off(file: dict[str, Any]) -> None:
    file["redaction"]["before"] = "never"


def nothing_redacted(file: dict[str, Any]) -> None:
    file["redaction"]["kinds"] = []


def no_span(file: dict[str, Any]) -> None:
    del file["retention"][0]["retention_days"]


def two_spans(file: dict[str, Any]) -> None:
    file["retention"][0]["retention_years"] = 1


def end_before_minimum(file: dict[str, Any]) -> None:
    next(each for each in file["retention"] if each["code"] == "access_logs")["retention_days"] = 60


def target_beyond_limit(file: dict[str, Any]) -> None:
    file["subject_requests"]["kinds"][0]["target_days"] = 31


def request_twice(file: dict[str, Any]) -> None:
    file["subject_requests"]["kinds"][1]["code"] = "access"


SPOILED = [
    extra_key, blank_translation, other_name, source_twice, retention_twice, redaction_twice, unknown_auth, unknown_channel, unknown_medium,
    unknown_pii_class, trust_beyond_one, redaction_off, nothing_redacted, no_span, two_spans, end_before_minimum, target_beyond_limit,
    request_twice,
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_spoiled_file_is_refused(spoil: Callable[[dict[str, Any]], None]):
    file = json.loads(SHIPPED)
    spoil(file)
    with pytest.raises(ValidationError):
        MultiSourceIntake.model_validate_json(json.dumps(file))


def test_an_owner_may_swap_in_another_source_and_trust():
    file = json.loads(SHIPPED) | {"schema_version": "1.1.0"}
    file["sources"] = file["sources"][:9]
    file["sources"][0]["trust"] = 0.4
    swapped = MultiSourceIntake.model_validate_json(json.dumps(file))
    assert (len(swapped.sources), swapped.sources[0].trust) == (9, 0.4)
