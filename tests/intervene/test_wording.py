import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.intervene.wording import fill, fill_html, fill_url, paragraphs

EVIL = {
    "person": {"id": "a/b?c&d=é", "name": "<script>alert(1)</script>", "first_name": "{{ 7 * 7 }}"},
    "account": {"name": 'Acme "the" <b>best</b>'},
}


def test_words_are_escaped_where_they_are_put() -> None:
    assert fill("Hello {{ person.name }}", EVIL) == "Hello <script>alert(1)</script>"
    assert fill_html("Hello {{ person.name }}", EVIL) == "Hello &lt;script&gt;alert(1)&lt;/script&gt;"
    assert (
        fill_url("https://app.example/p/{{ person.id }}", EVIL)
        == "https://app.example/p/a%2Fb%3Fc%26d%3D%C3%A9"
    )


def test_a_word_is_never_a_template_itself() -> None:
    assert fill("{{ person.first_name }}", EVIL) == "{{ 7 * 7 }}"


def test_a_line_stays_one_line() -> None:
    assert fill("One\r\nBcc: {{ person.first_name }}\t end ", EVIL) == "One Bcc: {{ 7 * 7 }} end"


def test_choices_and_filters_work() -> None:
    template = "{% if account.name %}{{ account.name|lower }}{% else %}you{% endif %}"
    assert fill(template, {"account": {"name": "ACME"}}) == "acme"
    assert fill(template, {"account": {"name": ""}}) == "you"


def test_a_day_is_written_as_people_write_it() -> None:
    assert (
        fill("Since {{ signal.since_on | day }}", {"signal": {"since_on": "2026-11-06"}})
        == "Since 6 Nov 2026"
    )
    assert fill("Since {{ signal.since_on | day }}.", {"signal": {"since_on": ""}}) == "Since ."
    assert fill("{{ signal.name | day }}", {"signal": {"name": "strayed"}}) == "strayed"


def test_markup_is_kept_light_and_links_safe() -> None:
    written = (
        'Hello <b>you</b>,\nsecond line\n\n<a href="https://a.example" onclick="x()">link</a>'
        '<a href="javascript:x()">bad</a><img src=x onerror=y><script>z()</script>\n\n\n'
    )
    assert paragraphs(written) == (
        "<p>Hello <b>you</b>,<br>second line</p>"
        '<p><a href="https://a.example" rel="noopener noreferrer">link</a>'
        '<a rel="noopener noreferrer">bad</a></p>'
    )


@pytest.mark.parametrize("written", ["", "   ", "\n\n\n"])
def test_nothing_written_is_nothing_shown(written: str) -> None:
    assert paragraphs(written) == ""


@given(st.text())
def test_no_word_can_become_markup(word: str) -> None:
    shown = paragraphs(fill_html("<p>{{ person.name }}</p>", {"person": {"name": " ".join(word.split())}}))
    inside = shown.replace("<p>", "").replace("</p>", "")
    assert "<" not in inside.replace("<br>", "")
