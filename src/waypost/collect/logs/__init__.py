"""Logs of servers: the layouts of their lines, what in them is noise, and the event that is left of a request."""

from waypost.collect.logs.apache import apache_combined, apache_layout
from waypost.collect.logs.balancers import alb_layout, haproxy_layout
from waypost.collect.logs.jsonlines import json_layout
from waypost.collect.logs.lines import LogLines
from waypost.collect.logs.nginx import nginx_layout
from waypost.collect.logs.pattern import pattern_layout
from waypost.collect.logs.said import Layout, Said, request_of
from waypost.collect.logs.w3c import w3c_layout
from waypost.collect.logs.who import tables_seen

__all__ = [
    "Layout",
    "LogLines",
    "Said",
    "alb_layout",
    "apache_combined",
    "apache_layout",
    "haproxy_layout",
    "json_layout",
    "nginx_layout",
    "pattern_layout",
    "request_of",
    "tables_seen",
    "w3c_layout",
]
