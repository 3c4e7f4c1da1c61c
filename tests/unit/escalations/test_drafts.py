"""Drafts: what they contain in every language, what given texts replace, what input can never do."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

import pytest

from casework.escalations.drafts import DraftInput, DraftTarget, LinkedReport, case_url, draft_mail, html_of_body
from casework.escalations.languages import Language

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OFFICE = DraftTarget("Pathum Wan", "Pathum Wan", "roads@district.example.net")


def a_report(number: int = 1, *, severity: float = 0.5, title: str = "Drain overflows", summary: str = "") -> LinkedReport:
    return LinkedReport(f"r{number}", title, summary, severity, NINE + timedelta(minutes=number))


def a_draft(**changes: object) -> DraftInput:
    draft = DraftInput(
        alias="case_0123456789ab",
        title="Blocked drain",
        summary="Water stands knee-deep.",
        severity=0.755,
        urgency=0.9,
        public_base_url="https://cases.example.net/",
        reports=(a_report(41, title="Drain under water"), a_report(42, title="Flooded lane"), a_report(43)),
        targets=(OFFICE,),
    )
    return replace(draft, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", Language)
def test_every_language_tells_title_summary_figures_link_and_each_report(language: Language) -> None:
    mail = draft_mail(a_draft(language=language))
    expected = (
        "Blocked drain", "Water stands knee-deep.", "76", "90", "3", "r41", "r42", "r43", "Drain under water",
        "2026-11-21 09:41 UTC", "https://cases.example.net/cases/case_0123456789ab",
    )  # fmt: skip
    assert [part for part in expected if part not in mail.body] == []
    assert [part for part in expected if part not in unescape(mail.html)] == []
    assert "Blocked drain" in mail.subject
    assert f'<html lang="{language}">' in mail.html
    assert mail.language is language
    assert "{" not in mail.body + mail.subject


@pytest.mark.parametrize("language", Language)
def test_every_line_of_the_text_is_in_the_html(language: Language) -> None:
    mail = draft_mail(a_draft(language=language))
    shown = unescape(mail.html)
    lines = [line.removeprefix("- ") for line in mail.body.splitlines() if line]
    missing = [line for line in lines if line not in shown and not all(part in shown for part in _halves(line))]
    assert missing == []


def _halves(fact: str) -> list[str]:
    """Part a fact's line into label and value, which stand in two cells of the HTML."""
    label, _, value = fact.replace("：", ":").partition(":")
    return [label.strip(), value.strip()]


def test_the_english_draft_reads_like_this() -> None:
    mail = draft_mail(a_draft(reports=(a_report(41, title="Drain under water"),)))
    assert mail.subject == "Request for action: Blocked drain"
    assert mail.body == (
        "Dear Pathum Wan team,\n\n"
        "A case titled “Blocked drain” has been opened. "
        "From what we know, it falls within your area of responsibility.\n\n"
        "Summary\nWater stands knee-deep.\n\n"
        "Severity: 76%\nUrgency: 90%\nLinked reports: 1\nCase reference: case_0123456789ab\n\n"
        "Linked reports\n- r41 · 2026-11-21 09:41 UTC · Drain under water\n\n"
        "The case and its current status can be viewed at this permanent address:\n"
        "https://cases.example.net/cases/case_0123456789ab\n\n"
        "Please review the case and reply to this message with the steps you plan to take "
        "and, if possible, by when.\n\n"
        "Thank you for your help.\n\nKind regards,\nThe case team"
    )


def test_the_language_follows_the_case_then_the_recipients() -> None:
    assert draft_mail(a_draft(title="ท่อระบายน้ำอุดตัน")).language is Language.TH
    assert draft_mail(a_draft(title="排水管堵塞")).language is Language.ZH
    swiss, church = (replace(OFFICE, email=f"a@{domain}") for domain in ("stadt.ch", "grace.church"))
    assert draft_mail(a_draft(targets=(swiss,))).language is Language.DE
    assert draft_mail(a_draft(targets=(church,))).language is Language.EN


def test_the_same_input_gives_the_same_mail_whatever_the_order_of_reports() -> None:
    reports = [a_report(number, severity=number % 3 / 2) for number in range(30)]
    first = draft_mail(a_draft(reports=tuple(reports)))
    random.Random(7).shuffle(reports)
    assert draft_mail(a_draft(reports=tuple(reports))) == first


def test_an_empty_summary_falls_back_to_the_foremost_report() -> None:
    mild, severe = a_report(2, title="Mild", severity=0.2), a_report(1, title="Severe", severity=0.8)
    newer = replace(severe, public_id="r3", title="Newer", observed_at=NINE + timedelta(days=1))
    assert "Summary\nNewer" in draft_mail(a_draft(summary=" ", reports=(mild, severe, newer))).body
    untitled = a_report(4, title="", summary="Only a summary")
    assert "Summary\nOnly a summary" in draft_mail(a_draft(summary="", reports=(untitled,))).body
    assert "Summary\nA problem has been reported" in draft_mail(a_draft(summary="", reports=())).body


def test_a_case_without_reports_lists_none() -> None:
    body = draft_mail(a_draft(reports=())).body
    assert "Linked reports: 0\n" in body
    assert "Linked reports\n" not in body


def test_many_reports_are_named_by_reference_after_the_first_fifty() -> None:
    body = draft_mail(a_draft(reports=tuple(map(a_report, range(120))))).body
    listed = body.replace(",", " ").split()
    assert [number for number in range(120) if f"r{number}" not in listed] == []
    assert body.count(" · Drain overflows") == 50
    assert "more, listed" not in body


def test_a_cut_list_says_how_many_are_left_out() -> None:
    body = draft_mail(a_draft(reports=tuple(map(a_report, range(254))))).body
    assert "… and 4 more, listed on the case page" in body
    assert "Linked reports: 254" in body


def test_times_are_told_in_utc() -> None:
    bangkok = NINE.astimezone(timezone(timedelta(hours=7)))
    assert "2026-11-21 09:00 UTC" in draft_mail(a_draft(reports=(replace(a_report(), observed_at=bangkok),))).body


def test_several_organisations_are_greeted_in_general() -> None:
    other = replace(OFFICE, organization="Bang Rak")
    assert draft_mail(a_draft(targets=(OFFICE, other))).body.startswith("Dear Sir or Madam,")
    assert draft_mail(a_draft(targets=())).body.startswith("Dear Sir or Madam,")


def test_given_texts_replace_ours_and_are_trimmed() -> None:
    mail = draft_mail(a_draft(subject="  Please look \n", body="\n Hello <b>you</b>\r\nline two\r\n\r\nBye \n"))
    assert mail.subject == "Please look"
    assert mail.body == "Hello <b>you</b>\nline two\n\nBye"
    assert "Hello &lt;b&gt;you&lt;/b&gt;<br>\nline two</p>" in mail.html
    assert "r41" not in mail.html


def test_blank_given_texts_count_as_not_given() -> None:
    assert draft_mail(a_draft(subject=" \n", body="\t \n")) == draft_mail(a_draft())


def test_a_subject_cannot_smuggle_a_header() -> None:
    attack = "Hi\r\nBcc: victim@city.org\nX: \x00y\u2028z"
    for mail in (draft_mail(a_draft(subject=attack)), draft_mail(a_draft(title=attack))):
        assert mail.subject.isprintable()
        assert "Hi Bcc: victim@city.org X: y z" in mail.subject


@pytest.mark.parametrize("language", Language)
def test_a_subject_ends_at_255_characters(language: Language) -> None:
    subject = draft_mail(a_draft(title="ที่" * 100, language=language)).subject
    assert 250 <= len(subject) <= 255
    assert subject.endswith("ที่…")


def test_markup_in_case_and_reports_is_shown_escaped() -> None:
    attack = "<script>alert(1)</script>{title}{0}%s"
    report = a_report(1, title=attack)
    mail = draft_mail(a_draft(title=attack, summary=attack, reports=(report,), targets=(replace(OFFICE, organization=attack),)))
    assert "<script" not in mail.html
    assert mail.html.count("&lt;script&gt;alert(1)&lt;/script&gt;{title}{0}%s") == 5
    assert mail.body.count(attack) == 4


def test_figures_outside_their_range_are_held_in_it() -> None:
    body = draft_mail(a_draft(severity=7.0, urgency=-1.0)).body
    assert "Severity: 100%\nUrgency: 0%" in body


def test_copies_are_read_and_leave_out_targets() -> None:
    mail = draft_mail(a_draft(cc_emails=("Bob@city.org; ann@city.org", OFFICE.email)))
    assert mail.cc_emails == ("ann@city.org", "bob@city.org")


def test_machine_made_openings_are_translated() -> None:
    mail = draft_mail(
        a_draft(
            title="Incident cluster at 13.75, 100.53",
            summary="Case created from area scope around Siam.",
            language=Language.DE,
        )
    )
    assert mail.subject == "Bitte um Bearbeitung: Häufung von Meldungen bei 13.75, 100.53"
    assert "Fall aus dem Gebiet um Siam" in mail.body
    own = "Incident cluster at Siam. Two people were hurt."
    assert own in draft_mail(a_draft(summary=own, language=Language.DE)).body


def test_the_permanent_link_is_one_path_below_the_base() -> None:
    assert case_url("https://a.example.net///", "case_1/../x") == "https://a.example.net/cases/case_1%2F..%2Fx"


def test_a_plain_body_becomes_escaped_paragraphs() -> None:
    page = html_of_body("One & two\n\nThree", language=Language.FR, subject="S")
    assert '<html lang="fr">' in page
    assert ">One &amp; two</p>" in page
    assert ">Three</p>" in page
