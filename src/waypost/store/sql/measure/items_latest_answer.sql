-- Items of `latest_answer`: each person's latest answer to a survey (n: its score, d: one), until it is replaced or too old.
-- in: survey text, within_days integer (>= 1),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with dated as (
  select account_id, coalesce(person_id, answer_id) as who, person_id, score, answered_at, answered_on,
    least(
      coalesce(replaced_on, date '9999-12-31'),
      coalesce(lead(answered_on) over (partition by account_id, coalesce(person_id, answer_id) order by answered_at, answer_id), date '9999-12-31'),
      cast(answered_on + cast($within_days as integer) as date)
    ) as until_on
  from answers
  where survey = $survey and account_id in (select account_id from scope) and answered_on <= $last_on
)
select account_id, side, who as item, case side when 'n' then score else 1.0 end as value, answered_on as from_on, until_on,
  answered_at as happened_at, person_id, cast(score as text) as detail
from dated
cross join (select 'n' as side union all select 'd') sides
where until_on > answered_on and until_on >= $since
