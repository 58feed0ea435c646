import pytest

from waypost.collect.posthog.lz import MOST_WRITTEN, LzError, decompressed

# Written by lz-string 1.5.0 (npm), compressToBase64.
WRITTEN = {
    "Q===": "",
    "IZA=": "a",
    "N4IgpgbmB2AuIC4QHEBOA3g+2ABIXg3AJnZABoRpEBtARmJrtoboF1T4kBDTr7n3vkAL5A==": (
        '{"event":"Größe 📈","n":[1,1,1,1,1,1,1,1],"t":"aaaaaaaaaaaaaaaaaaaaaaaaaaaa"}'
    ),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_what_the_original_wrote_is_read(written: str) -> None:
    assert decompressed(written, 1_000) == WRITTEN[written].encode()


@pytest.mark.parametrize("written", ["", "A", "!!!", "IZ", "Größe", "////", "IZ!A"])
def test_what_is_unsound_is_said_to_be(written: str) -> None:
    with pytest.raises(LzError):
        decompressed(written, 1_000)


def test_it_grows_no_further_than_asked_and_is_no_longer_than_taken() -> None:
    longest = max(WRITTEN, key=len)
    with pytest.raises(LzError, match="too long once"):
        decompressed(longest, 20)
    with pytest.raises(LzError, match="send gzip"):
        decompressed("A" * (MOST_WRITTEN + 1), 1_000)
