-- Sessions that began within the last days, each counted once or (n) by its minutes from first to last event, over (d) the
-- sessions. A session is a run of a person's events at one account with no gap above the limit; it belongs to the day on which
-- it begins. Events are those of people: track, page, screen and log.
-- in: within_days integer (>= 1), gap_minutes integer (>= 1), minutes boolean (count minutes, not sessions),
--     of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with whose as (
  select person_id from of_people
  union
  select person_id from memberships where account_id in (select account_id from of_accounts)
),
ids as (
  select person_id as id from whose
  union
  select alias from identities where person_id in (select person_id from whose)
),
-- Few events are theirs: each look is by one column, and who did what is asked only of what was found. None is of a query, so
-- all of them hold.
found as materialized (
  select arrival, kind, name, actor, person_id, anonymous_id, account_id, happened_at, happened_on
  from events
  where account_id in (select account_id from of_accounts) and happened_on between $first_on - 1 and $last_on
  union all
  select arrival, kind, name, actor, person_id, anonymous_id, account_id, happened_at, happened_on
  from events
  where person_id in (select id from ids) and (account_id is null or account_id not in (select account_id from of_accounts))
    and happened_on between $first_on - 1 and $last_on
  union all
  select arrival, kind, name, actor, person_id, anonymous_id, account_id, happened_at, happened_on
  from events
  where anonymous_id in (select id from ids) and person_id is null
    and (account_id is null or account_id not in (select account_id from of_accounts))
    and happened_on between $first_on - 1 and $last_on
),
known as materialized (
  select alias, person_id from identities where alias in (select coalesce(person_id, anonymous_id) from found)
),
resolved_ones as (
  select e.arrival, e.name, e.account_id, e.happened_at, e.happened_on,
    coalesce(named.person_id, e.person_id, met.person_id) as person_id, 'human' as actor
  from found e
  left join known named on named.alias = e.person_id
  left join known met on met.alias = case when e.person_id is null then e.anonymous_id end
  where e.actor = 'human' and e.kind in ('track', 'page', 'screen', 'log')
),
told as (
  select *
  from resolved_ones
  where person_id is not null and (person_id in (select person_id from of_people)
    or account_id in (select account_id from of_accounts) or (account_id is null and person_id in (select person_id from whose)))
),
placed as (
  select t.* replace (coalesce(t.account_id, m.account_id) as account_id)
  from told t
  left join (select * from memberships where person_id in (select person_id from whose)) m
    on m.person_id = case when t.account_id is null then t.person_id end and m.joined_on <= t.happened_on
    and coalesce(m.left_on, date '9999-12-31') > t.happened_on
  where coalesce(t.account_id, m.account_id) is not null
  qualify row_number() over (partition by t.arrival order by m.joined_on desc, m.account_id) = 1
),
gaps as (
  select *, happened_at - lag(happened_at) over (partition by person_id, account_id order by happened_at, arrival) as gap
  from placed
),
begun as (
  select *, case when gap is null or gap > to_minutes(cast($gap_minutes as integer)) then happened_at end as starts_at
  from gaps
),
runs as (
  select *,
    max(starts_at) over (partition by person_id, account_id order by happened_at, arrival rows unbounded preceding) as began_at,
    max(case when starts_at is not null then happened_on end)
      over (partition by person_id, account_id order by happened_at, arrival rows unbounded preceding) as began_on
  from begun
),
sessions as (
  select s.subject_id, s.on_day, r.person_id, r.account_id, r.began_at, r.began_at || ' ' || r.person_id || ' ' || r.account_id as item,
    count(*) as events, max(r.happened_at) as ended_at
  from runs r
  join of_accounts s on s.account_id = r.account_id and r.happened_on <= s.on_day
    and r.began_on > s.on_day - cast($within_days as integer)
  group by all
  union all
  select s.subject_id, s.on_day, r.person_id, r.account_id, r.began_at, r.began_at || ' ' || r.person_id || ' ' || r.account_id, count(*), max(r.happened_at)
  from runs r
  join of_people s on s.person_id = r.person_id and r.happened_on <= s.on_day
    and r.began_on > s.on_day - cast($within_days as integer)
  group by all
),
items as (
  select subject_id, on_day, 'human' as actor, 'n' as side, item,
    case when $minutes then date_diff('second', began_at, ended_at) / 60.0 else 1.0 end as value,
    began_at as happened_at, person_id, account_id, cast(null as text) as feature,
    events || ' events in ' || date_diff('minute', began_at, ended_at) || ' minutes' as detail
  from sessions
  union all
  select subject_id, on_day, 'human', 'd', item, 1.0, began_at, person_id, account_id, null, null
  from sessions
  where $minutes
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
