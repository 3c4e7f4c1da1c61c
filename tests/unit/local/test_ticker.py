from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.clock import SharedClock
from local.schedules import parse
from local.ticker import Schedule, Ticker

START = datetime(2030, 1, 1, 20, tzinfo=UTC)
DAILY = Schedule("daily", "arn:aws:scheduler:r:1:schedule/default/daily", parse("cron(0 7 * * ? *)", "Asia/Bangkok"), "daily", None)
MINUTE = Schedule("minute", "arn:aws:scheduler:r:1:schedule/default/minute", parse("rate(1 minute)"), "minute", None)


class Scene:
    """A ticker whose firings are written down as (target, the stack's time to the minute)."""

    def __init__(self, folder: Path, *, at: datetime | None = START) -> None:
        self.fired: list[tuple[str, str]] = []
        self.clock = SharedClock(folder / "offset")
        if at is not None:
            self.clock.set(at)
        self.ticker = Ticker([DAILY, MINUTE], self.clock, self.deliver, lambda: None, folder / "state.json")

    def deliver(self, target: str, _event: object) -> None:
        self.fired.append((target, self.clock.now().strftime("%dT%H:%M")))


def test_a_jump_fires_rates_before_every_calendar_instant_and_at_the_end(tmp_path):
    scene = Scene(tmp_path)
    assert scene.ticker.jump(START + timedelta(days=1, hours=6)) == 5
    assert scene.fired == [
        ("minute", "02T00:00"),
        ("daily", "02T00:00"),
        ("minute", "03T00:00"),
        ("daily", "03T00:00"),
        ("minute", "03T02:00"),
    ]


def test_a_second_look_fires_nothing_twice(tmp_path):
    scene = Scene(tmp_path)
    scene.ticker.jump(START + timedelta(hours=5))
    scene.fired.clear()
    assert scene.ticker.tick() == 0


def test_a_jump_back_fires_nothing_and_rates_count_from_there(tmp_path):
    scene = Scene(tmp_path)
    assert scene.ticker.jump(START - timedelta(days=9)) == 0
    assert scene.ticker.tick() == 0
    assert scene.fired == []


def test_a_rate_fires_once_however_long_it_waited(tmp_path):
    scene = Scene(tmp_path)
    scene.clock.offset += timedelta(minutes=30)
    assert scene.ticker.tick() == 1
    assert scene.ticker.tick() == 0


def test_what_was_missed_while_the_stack_stood_still_is_caught_up_at_its_instant(tmp_path):
    Scene(tmp_path).ticker.jump(START + timedelta(hours=1))
    later = Scene(tmp_path, at=None)
    later.clock.offset += timedelta(hours=6)
    assert later.ticker.catch_up() == 2
    assert later.fired == [("minute", "02T00:00"), ("daily", "02T00:00")]
    assert later.clock.now().strftime("%dT%H:%M") == "02T03:00"


def test_nothing_older_than_a_day_is_caught_up(tmp_path):
    Scene(tmp_path).ticker.jump(START + timedelta(hours=1))
    later = Scene(tmp_path, at=None)
    later.clock.offset += timedelta(days=30)
    later.ticker.catch_up()
    assert [target for target, _ in later.fired].count("daily") == 1


def test_a_target_that_raises_does_not_stop_the_others(tmp_path, capsys):
    scene = Scene(tmp_path)
    scene.ticker._deliver = lambda *_: 1 / 0
    assert scene.ticker.jump(START + timedelta(hours=5)) == 3
    assert "schedule daily failed" in capsys.readouterr().err
