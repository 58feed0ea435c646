-- Scores of some accounts on the days since a day.
-- in: accounts_asked (frame: account_id text), since date (inclusive)
-- out: account_id text, on_day date, score double, band text, scorecard text, version bigint
select account_id, on_day, score, band, scorecard, version from scores
where on_day >= $since and account_id in (select account_id from accounts_asked)
