-- Every time at which some people (or accounts) did a step of a funnel, on the days whose first and last time do not tell all:
-- those on which a feature was used more than twice. The events are asked.
-- in: rules (frame: feature, name, kind, source, actor, alternatives, once (list of text)), unsure (frame: unit text), since date (inclusive),
--     today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people boolean, role text (null: any),
--     counted (frame: nr integer, feature text, automated_counts boolean: the features of each step), some_accounts (frame:
--     account_id text), some_people (frame: person_id text)
-- out: unit text, nr integer, reached_at timestamp
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
full_days as (
  select distinct case $unit when 'people' then u.person_id else u.account_id end as unit, u.person_id, u.account_id, u.day
  from usage_daily u
  join counted c on c.feature = u.feature and (u.actor = 'human' or c.automated_counts)
  where u.n > 2 and u.day >= $since and u.day <= $today
    and case $unit when 'people' then u.person_id else u.account_id end in (select unit from unsure)
    and ($all_accounts or u.account_id in (select account_id from some_accounts))
    and ($all_people or u.person_id in (select person_id from some_people))
    and ($role is null or (u.person_id, u.account_id) in (select (person_id, account_id) from roles))
),
ids as (
  select person_id as id, person_id, false as is_alias
  from (select distinct person_id from full_days)
  where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from full_days)
),
-- Where each person belonged on each day, for events that name no account.
homes as (
  select p.person_id, p.day, m.account_id
  from (select distinct person_id, day from full_days) p
  join memberships m on m.person_id = p.person_id and m.joined_on <= p.day and (m.left_on is null or m.left_on > p.day)
  qualify row_number() over (partition by p.person_id, p.day order by m.joined_on desc, m.account_id) = 1
),
-- Few events are theirs: found before anybody asks what they mean.
theirs as materialized (
  select i.person_id, e.happened_on, e.happened_at, e.account_id, e.name, e.kind, e.source, e.actor, e.properties
  from holding e
  join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
  where e.happened_on >= (select min(day) from full_days) and e.happened_on <= (select max(day) from full_days)
),
-- Of sources that tell the same use, only what the first of them told of a minute counts, as in measure/usage.sql.
meant as (
  select e.person_id, e.happened_on as day, e.happened_at, coalesce(e.account_id, h.account_id) as account_id, r.feature, coalesce(
      case when r.alternatives is null then r.actor else meant_by(r.alternatives, e.kind, e.source, e.properties).actor end, e.actor
    ) as actor
  from theirs e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  left join homes h on h.person_id = e.person_id and h.day = e.happened_on
  where r.feature in (select feature from counted) and coalesce(e.account_id, h.account_id) is not null
  qualify coalesce(list_position(r.once, e.source) = min(list_position(r.once, e.source)) over (
    partition by r.feature, e.person_id, date_trunc('minute', e.happened_at)), true)
)
select d.unit, c.nr, e.happened_at as reached_at
from full_days d
join meant e on e.person_id = d.person_id and e.day = d.day and e.account_id = d.account_id
join counted c on c.feature = e.feature and (c.automated_counts or e.actor = 'human')
