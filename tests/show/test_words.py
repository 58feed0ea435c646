"""Numbers, days and counts in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from waypost.show import words

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.number(1234.4), "1,234"),
        (words.number(-3), "−3"),
        (words.number(None), "–"),
        (words.decimal(2.5), "2.5"),
        (words.decimal(3.0), "3"),
        (words.decimal(None), "–"),
        (words.signed(5), "+5"),
        (words.signed(-9.4), "−9"),
        (words.signed(0.2), "0"),
        (words.points(-0.084), "−0.08"),
        (words.percent(0.426), "43%"),
        (words.percent(None), "–"),
        (words.money(148_000, "EUR"), "€148,000"),
        (words.money(None), "–"),
        (words.short_money(148_000, "EUR"), "€148k"),
        (words.short_money(1_250_000, "USD"), "$1.2m"),
        (words.short_money(2_000_000, "SEK"), "SEK 2m"),
        (words.short_money(900, None), "900"),
        (words.short_money(None), "–"),
        (words.plural(1, "person", "people"), "1 person"),
        (words.plural(2140, "person", "people"), "2,140 people"),
        (words.day(date(2027, 1, 29), TODAY), "29 Jan 2027"),
        (words.day(TODAY, TODAY), "20 Nov"),
        (words.day(None), "–"),
        (words.head_day(TODAY, TODAY), "Today, Fri 20 Nov"),
        (words.head_day(date(2025, 11, 20), TODAY), "Thu 20 Nov 2025"),
        (words.apart(date(2027, 1, 29), TODAY), "in 70 days"),
        (words.apart(TODAY, TODAY), "today"),
        (words.apart(date(2026, 11, 19), TODAY), "1 day ago"),
        (words.apart(None, TODAY), ""),
        (words.seen(NOW, NOW, "Europe/Stockholm"), "Today, 11:00"),
        (words.seen(NOW - timedelta(days=2), NOW, "UTC"), "Wed 18 Nov"),
        (words.seen(NOW - timedelta(days=200), NOW, "UTC"), "4 May"),
        (words.seen(None, NOW, "UTC"), "Never"),
        (words.ago(NOW - timedelta(seconds=40), NOW), "40 s ago"),
        (words.ago(NOW - timedelta(minutes=5), NOW), "5 min ago"),
        (words.ago(NOW - timedelta(hours=3), NOW), "3 h ago"),
        (words.ago(NOW - timedelta(days=1), NOW), "1 day ago"),
        (words.ago(None, NOW), "never"),
        (words.stamp(NOW, "Europe/Stockholm"), "2026-11-20T11:00:00+01:00"),
        (words.initials("Marta Maria Lindqvist"), "ML"),
        (words.initials("marta@waypost.test"), "MW"),
        (words.possessive("Woods"), "Woods’"),
        (words.possessive("Halcyon"), "Halcyon’s"),
        (words.first_word("Halcyon Freight"), "Halcyon"),
        (words.first_word(""), ""),
    ],
)
def test_words_read_as_a_person_would_write_them(said: str, expected: str) -> None:
    assert said == expected


@pytest.mark.parametrize(
    ("agent", "says"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari on macOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
        ("curl/8.0", "curl/8.0"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(agent: str, says: str) -> None:
    assert words.browser(agent) == says
