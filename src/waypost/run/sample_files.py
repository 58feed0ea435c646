"""The sample's files enter by the doors of real data, in a process of their own beside the one that takes them in.

On two cores that halves the wait for the sample.
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from waypost.collect import READERS, Format, import_file
from waypost.store import Inbox

KEY = "sample-product"
PRODUCT, LOG, DATABASE, RECORDS = f"segment:{KEY}", "sample-log", "sample-database", "sample-records"
SOURCES = (PRODUCT, LOG, DATABASE, RECORDS)
FILES = (
    ("facts.ndjson", RECORDS, Format.WAYPOST_NDJSON),
    ("segment.ndjson", PRODUCT, Format.SEGMENT_NDJSON),
    ("access.log", LOG, Format.APACHE_COMBINED),
)


def import_all(made: Path, inbox_file: Path, now: datetime) -> None:
    """Take every file of the sample in `made` into an inbox, as received `now`."""
    inbox = Inbox(inbox_file, READERS)
    try:
        for name, source, file_format in FILES:
            import_file(made / name, source=source, file_format=file_format, inbox=inbox, now=now)
    finally:
        inbox.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line: the folder of the files, the inbox, and the instant."""
    made, inbox_file, now = sys.argv[1:] if arguments is None else arguments
    import_all(Path(made), Path(inbox_file), datetime.fromisoformat(now))


if __name__ == "__main__":
    main()
