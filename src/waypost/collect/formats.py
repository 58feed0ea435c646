"""What a file may hold, one event a line, and who reads each format."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import NamedTuple

from waypost.collect.amplitude import AmplitudeLines
from waypost.collect.flurry_file import FlurryLines
from waypost.collect.gathering import Gathering
from waypost.collect.kissmetrics import KissmetricsLines
from waypost.collect.log_rules import LogRules
from waypost.collect.logs import (
    Layout,
    LogLines,
    alb_layout,
    apache_combined,
    apache_layout,
    haproxy_layout,
    json_layout,
    nginx_layout,
    pattern_layout,
    w3c_layout,
)
from waypost.collect.mixpanel import MixpanelLines
from waypost.collect.own_schema import OwnLines
from waypost.collect.segment_file import SegmentLines
from waypost.core import ImportRefusedError

Lines = Callable[[bytes, Gathering], None]

#: More odd lines than this share, and a file is not of the format that was said. Lines of logs are all alike.
MOST_ODD = 0.5
MOST_ODD_IN_LOG = 0.05


class Format(StrEnum):
    """What a file may hold, one event a line."""

    SEGMENT_NDJSON = "segment-ndjson"
    WAYPOST_NDJSON = "waypost-ndjson"
    APACHE_COMBINED = "apache-combined"
    APACHE_LOG = "apache-log"
    NGINX_LOG = "nginx-log"
    W3C_LOG = "w3c-log"
    CLOUDFRONT = "cloudfront"
    AWS_ALB = "aws-alb"
    HAPROXY = "haproxy"
    JSON_LOG = "json-log"
    PATTERN = "pattern"
    AMPLITUDE_EXPORT = "amplitude-export"
    MIXPANEL_NDJSON = "mixpanel-ndjson"
    KISSMETRICS_NDJSON = "kissmetrics-ndjson"
    FLURRY_CSV = "flurry-csv"
    CSV = "csv"


#: The logs of servers, and the layout of each by how its lines are written.
LOGS: Mapping[Format, Callable[[str], Layout]] = {
    Format.APACHE_COMBINED: lambda _: apache_combined(),
    Format.APACHE_LOG: apache_layout,
    Format.NGINX_LOG: nginx_layout,
    Format.W3C_LOG: lambda _: w3c_layout(),
    Format.CLOUDFRONT: lambda _: w3c_layout(),
    Format.AWS_ALB: lambda _: alb_layout(),
    Format.HAPROXY: lambda _: haproxy_layout(),
    Format.JSON_LOG: json_layout,
    Format.PATTERN: pattern_layout,
}
_EVENTS: Mapping[Format, Callable[[tzinfo | None], Lines]] = {
    Format.SEGMENT_NDJSON: lambda _: SegmentLines(),
    Format.WAYPOST_NDJSON: lambda _: OwnLines(),
    Format.AMPLITUDE_EXPORT: lambda _: AmplitudeLines(),
    Format.MIXPANEL_NDJSON: MixpanelLines,
    Format.KISSMETRICS_NDJSON: lambda _: KissmetricsLines(),
    Format.FLURRY_CSV: FlurryLines,
}
#: Formats that say how their lines are written, and those among them that must be told.
_WRITTEN = frozenset({Format.APACHE_LOG, Format.NGINX_LOG, Format.JSON_LOG, Format.PATTERN})
_NEEDS_WRITTEN = _WRITTEN - {Format.JSON_LOG}
#: Formats whose times may be those of a zone's clocks.
_OF_ANY_ZONE = frozenset({Format.MIXPANEL_NDJSON, Format.FLURRY_CSV, *LOGS})


class FileFormat(NamedTuple):
    """A format, and what it leaves open.

    `zone` is that of the clocks that its times are from (None: what the format itself says of them), `written` how its
    lines are written (a LogFormat, a log_format, a pattern, where fields are), `most_odd` the share of lines, 0 to 1,
    that may not be in the format (None: half of the lines, and of a server's log a twentieth), `means` what the
    rules of the source say of lines of a server's log.
    """

    format: Format
    zone: tzinfo | None = None
    written: str | None = None
    most_odd: float | None = None
    means: LogRules = LogRules()

    @property
    def odd_share(self) -> float:
        """The share of lines that may not be in the format."""
        if self.most_odd is not None:
            return self.most_odd
        return MOST_ODD_IN_LOG if self.format in LOGS else MOST_ODD


def reader_of(asked: FileFormat) -> Lines:
    """Return who reads the lines. Raises ImportRefusedError when what was said of them means nothing."""
    file_format, zone = asked.format, asked.zone
    if zone and file_format not in _OF_ANY_ZONE:
        raise ImportRefusedError(f"the times of {file_format} say their own zone; leave --zone away")
    if asked.written and file_format not in _WRITTEN:
        raise ImportRefusedError(f"{file_format} says how its lines are written; leave --written away")
    if not asked.written and file_format in _NEEDS_WRITTEN:
        raise ImportRefusedError(f"say how the lines of {file_format} are written with --written")
    if file_format is Format.CSV:
        raise ImportRefusedError("csv is of rows, which `waypost import` alone takes in")
    if file_format in LOGS:
        return LogLines(LOGS[file_format](asked.written or ""), zone, asked.means)
    return _EVENTS[file_format](zone)
