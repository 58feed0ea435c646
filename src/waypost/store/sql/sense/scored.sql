-- Scores on the days since a day.
-- in: since date (inclusive)
-- out: account_id text, on_day date, score double, band text, scorecard text, version bigint
select account_id, on_day, score, band, scorecard, version from scores where on_day >= $since
