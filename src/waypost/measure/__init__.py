"""Measure says what a raw event means and counts usage in four dimensions."""

from waypost.measure.baseline import FALSE_ALARMS, Counted, expected_weeks, group_prior
from waypost.measure.baseline_model import Prior
from waypost.measure.catalogue import NOISE, Catalogue, Feature, Group, Setting
from waypost.measure.catalogue_edit import EMPTY_CATALOGUE, Addition, Becomes, told_once, with_addition
from waypost.measure.catalogue_match import Match, Where
from waypost.measure.catalogue_proposals import Together, Twins, together, twins
from waypost.measure.catalogue_rules import rules_for
from waypost.measure.catalogue_seen import (
    Span,
    Tally,
    event_samples,
    meanings,
    noise_counts,
    seen_events,
    tallies,
    tallies_between,
    whose,
)
from waypost.measure.crowd import Crowd
from waypost.measure.feature_coverage import Agreement, FeatureCoverage, Sight, feature_coverage
from waypost.measure.funnel import MOST_STEPS, StepResult, funnel_results, funnel_traits, walk
from waypost.measure.funnel_asked import FunnelAsked, Step
from waypost.measure.holidays import Holiday, Holidays
from waypost.measure.late import late_days
from waypost.measure.measures import SCORE_MEASURES, AnyMeasure, known_from, measure_from
from waypost.measure.paths import ENDS as PATH_ENDS
from waypost.measure.paths import NOTHING as PATH_NOTHING
from waypost.measure.paths import OTHERS as PATH_OTHERS
from waypost.measure.paths import Branch, Paths, PathsAsked, paths
from waypost.measure.paths import at as paths_at
from waypost.measure.request_templates import Coverage, RequestTemplate, request_coverage, request_match
from waypost.measure.retention import (
    Cell,
    Cohort,
    Grain,
    Retention,
    RetentionAsked,
    Start,
    curves,
    retention,
    retention_members,
    started,
)
from waypost.measure.rhythm import By, Due, Rate, Rhythm, State, least_weeks, rate_of, rhythm_of, source_hours
from waypost.measure.schema_seen import PropertySeen, properties_seen
from waypost.measure.segments import Segment, check_circles
from waypost.measure.segments_conditions import ABOUT, STANDINGS, Condition, Dated, Level, Part, given, wanted
from waypost.measure.segments_roster import AsOf, Roster, automated_features, dated
from waypost.measure.segments_steady import held, made_of, trait_path, unsteady
from waypost.measure.shares import Point, Share, Staying, share, survival
from waypost.measure.tiers import Tier, Tiers
from waypost.measure.usage import (
    first_met,
    fresh_pairs,
    fresh_settings,
    restate_settings,
    restate_usage,
    sets_something,
    usage_pairs,
)
from waypost.measure.usage_library import SESSION_GAP_MINUTES, USAGE_MEASURES, measures_of, usage_measure
from waypost.measure.usage_measures import Dimension, MeasureLevel, Unit, UsageMeasure
from waypost.measure.usage_reference import usage_reference
from waypost.measure.usage_sweep import SWEPT, usage_sweep
from waypost.measure.usage_values import Asks, Subjects, usage_items, usage_values
from waypost.measure.values import changes, items, measure, measured_at

__all__ = [
    "ABOUT",
    "EMPTY_CATALOGUE",
    "FALSE_ALARMS",
    "MOST_STEPS",
    "NOISE",
    "PATH_ENDS",
    "PATH_NOTHING",
    "PATH_OTHERS",
    "SCORE_MEASURES",
    "SESSION_GAP_MINUTES",
    "STANDINGS",
    "SWEPT",
    "USAGE_MEASURES",
    "Addition",
    "Agreement",
    "AnyMeasure",
    "AsOf",
    "Asks",
    "Becomes",
    "Branch",
    "By",
    "Catalogue",
    "Cell",
    "Cohort",
    "Condition",
    "Counted",
    "Coverage",
    "Crowd",
    "Dated",
    "Dimension",
    "Due",
    "Feature",
    "FeatureCoverage",
    "FunnelAsked",
    "Grain",
    "Group",
    "Holiday",
    "Holidays",
    "Level",
    "Match",
    "MeasureLevel",
    "Part",
    "Paths",
    "PathsAsked",
    "Point",
    "Prior",
    "PropertySeen",
    "Rate",
    "RequestTemplate",
    "Retention",
    "RetentionAsked",
    "Rhythm",
    "Roster",
    "Segment",
    "Setting",
    "Share",
    "Sight",
    "Span",
    "Start",
    "State",
    "Staying",
    "Step",
    "StepResult",
    "Subjects",
    "Tally",
    "Tier",
    "Tiers",
    "Together",
    "Twins",
    "Unit",
    "UsageMeasure",
    "Where",
    "automated_features",
    "changes",
    "check_circles",
    "curves",
    "dated",
    "event_samples",
    "expected_weeks",
    "feature_coverage",
    "first_met",
    "fresh_pairs",
    "fresh_settings",
    "funnel_results",
    "funnel_traits",
    "given",
    "group_prior",
    "held",
    "items",
    "known_from",
    "late_days",
    "least_weeks",
    "made_of",
    "meanings",
    "measure",
    "measure_from",
    "measured_at",
    "measures_of",
    "noise_counts",
    "paths",
    "paths_at",
    "properties_seen",
    "rate_of",
    "request_coverage",
    "request_match",
    "restate_settings",
    "restate_usage",
    "retention",
    "retention_members",
    "rhythm_of",
    "rules_for",
    "seen_events",
    "sets_something",
    "share",
    "source_hours",
    "started",
    "survival",
    "tallies",
    "tallies_between",
    "together",
    "told_once",
    "trait_path",
    "twins",
    "unsteady",
    "usage_items",
    "usage_measure",
    "usage_pairs",
    "usage_reference",
    "usage_sweep",
    "usage_values",
    "walk",
    "wanted",
    "whose",
    "with_addition",
]
