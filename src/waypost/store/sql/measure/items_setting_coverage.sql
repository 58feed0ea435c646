-- Items of `setting_coverage`: settings at their wanted value (n) among all settings that have one (d).
-- Known from the first setting ever seen of the account.
-- in: wanted (frame: setting text, value text),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

select s.account_id, 'n' as side, s.setting as item, 1.0 as value, s.since_on as from_on, s.until_on,
  s.since_at as happened_at, s.person_id, s.value as detail
from settings s
join wanted w on w.setting = s.setting and w.value = s.value
where s.account_id in (select account_id from scope) and s.since_on <= $last_on and (s.until_on is null or s.until_on >= $since)
union all
select a.account_id, 'd', w.setting, 1.0, a.first_on, null, cast(a.first_on as timestamp), null, 'wanted'
from (
  select account_id, min(since_on) as first_on from settings where account_id in (select account_id from scope) group by account_id
) a
cross join wanted w
where a.first_on <= $last_on
