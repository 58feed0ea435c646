-- What the events after an arrival are about, with the person each belongs to; also those that only take a count back.
-- in: after bigint (exclusive)
-- out: kind text, person_id text, anonymous_id text, account_id text, happened_on date, n bigint; one row per combination
select kind, person_id, anonymous_id, account_id, happened_on, count(*) as n
from came
where arrival > $after
group by all
