"""POST …/escalations/draft: a pure function of the case (§9.2, S0-12, S0-41, S0-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.contract.outreach.conftest import Outreach


def test_s0_45_a_draft_is_made_of_title_summary_and_reports(desk: Outreach) -> None:
    seqs = desk.reports({"title": "Drain overflows", "severity_level": 0.9}, {"title": "Water on the road"})
    made = desk.open(seqs, title="Flood at Silom", summary="Knee deep since noon", escalation_targets=[{"email": "a@b.go.th"}])
    answer = desk.draft(made["case"]["case_id"])
    assert answer.status == 200
    assert answer.json.keys() >= {"case_id", "subject", "body", "html", "cc_emails", "targets", "linked_count"}
    assert "Flood at Silom" in answer.json["subject"]
    for text in (answer.json["body"], answer.json["html"]):
        assert "Flood at Silom" in text
        assert "Knee deep since noon" in text
        assert "90%" in text
        assert f"https://casework.example.org/cases/{made['case']['case_id']}" in text
        assert all(link["public_id"] in text for link in made["linked_reports"])
    assert answer.json["linked_count"] == 2


def test_s0_41_a_draft_stores_nothing_and_says_the_same_twice(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th")
    before, mails = desk.row_counts(), len(desk.mailer.calls)
    first, again = desk.draft(case_id), desk.draft(case_id, {})
    assert first.json == again.json
    assert (desk.row_counts(), len(desk.mailer.calls)) == (before, mails)


def test_given_words_are_kept(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th")
    found = desk.draft(case_id, {"subject": "Mine", "body": "  Also mine \n"}).json
    assert (found["subject"], found["body"]) == ("Mine", "Also mine")


def test_markup_in_a_case_is_escaped_in_html(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th", title="<script>alert(1)</script>", summary="<b>bold</b> & more")
    html = desk.draft(case_id).json["html"]
    assert ("<script>alert" in html, "<b>bold" in html, "&lt;b&gt;bold&lt;/b&gt; &amp; more" in html) == (
        False, False, True,
    )  # fmt: skip


def test_a_line_break_in_a_title_makes_no_header(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th", title="x\r\nBcc: everybody@example.org")
    assert not set(desk.draft(case_id).json["subject"]) & {"\r", "\n"}
    assert not set(desk.draft(case_id, {"subject": "a\r\nBcc: b@c.go.th"}).json.get("subject", "")) & {"\r", "\n"}


def test_cc_is_split_cleaned_unique_and_sorted(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th")
    given = ["Zoe@x.go.th; ann@x.go.th,ann@X.go.th", "bad", "a@b.go.th", "mid@x.go.th\n last@x.go.th"]
    found = desk.draft(case_id, {"cc_emails": given}).json["cc_emails"]
    assert found == ["ann@x.go.th", "last@x.go.th", "mid@x.go.th", "zoe@x.go.th"]


def test_chosen_targets_are_the_listed_ones_that_exist(desk: Outreach) -> None:
    case_id = desk.case("a@b.go.th", "c@d.go.th")
    ids = {target["email"]: target["id"] for target in desk.escalations(case_id)["targets"]}
    chosen = desk.draft(case_id, {"target_ids": [ids["c@d.go.th"], 99_999]}).json["targets"]
    assert [target["email"] for target in chosen] == ["c@d.go.th"]
    assert desk.draft(case_id, {"target_ids": [99_999]}).json["targets"] == []


@pytest.mark.parametrize(
    ("language", "title", "sign"),
    [("th", "น้ำท่วมถนนสีลม", "เรียน"), ("zh", "是隆路积水严重", "您好"), ("en", "Flood on Silom road", "Dear")],
)
def test_the_language_is_the_cases(desk: Outreach, language: str, title: str, sign: str) -> None:
    found = desk.draft(desk.case("a@district.example.net", title=title)).json
    assert (found["language"], sign in found["body"]) == (language, True)


@pytest.mark.parametrize("language", ["en", "de", "fr", "it", "es", "pt", "th", "zh"])
def test_eight_languages_can_be_asked_for(desk: Outreach, language: str) -> None:
    found = desk.draft(desk.case("a@b.go.th"), {"language": language}).json
    assert found["language"] == language


def test_an_unknown_language_is_refused(desk: Outreach) -> None:
    assert desk.draft(desk.case("a@b.go.th"), {"language": "tlh"}).status in {400, 422}


def test_an_unknown_case_is_404(desk: Outreach) -> None:
    answer = desk.draft("case_000000000000", {})
    assert (answer.status, answer.json["error"]) == (404, "case not found")


@pytest.mark.parametrize("body", ["{", "[]", '"x"', {"target_ids": "1"}, {"target_ids": ["1"]}, {"subject": 5}])
def test_a_bad_body_is_invalid_json(desk: Outreach, body: Any) -> None:
    answer = desk.draft(desk.case("a@b.go.th"), body)
    assert (answer.status, answer.json["error"]) == (400, "invalid json")
