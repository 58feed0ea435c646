-- Where everybody stands now, if they came to stand there since a day: however the clauses missed have changed since, and
-- whatever version of the journey says so. Whom the first day of new rules put there is left out, and who is at risk from the first
-- day on which odds judge in place of the rule of thumb: that is no news of them. Whose time ran out that day has strayed all the same.
-- in: people_asked (frame: person_id text), accounts_asked (frame: account_id text): about whom,
--     since date (inclusive), rules (frame: journey text, version bigint, from_on date)
-- out: person_id text (null: the account as a whole), account_id text, journey text, standing text, milestone text, since_on date, missing text,
--   odds, low, high double (0 to 1), people bigint: by which odds somebody was called at risk; null by the rule of thumb, and of all others
with recent as (
  select person_id, account_id, journey
  from every_standing
  where until_on is null and since_on >= $since
    and (person_id in (select person_id from people_asked) or (person_id is null and account_id in (select account_id from accounts_asked)))
),
ordered as (
  select s.*,
    case
      when s.since_on is distinct from lag(s.until_on) over w or s.standing is distinct from lag(s.standing) over w
        or s.milestone is distinct from lag(s.milestone) over w
      then 1 else 0
    end as begins
  -- One id is looked for before all three are: most standings are of others.
  from (
    select * from every_standing
    where person_id in (select person_id from recent) or (person_id is null and account_id in (select account_id from recent))
  ) s
  join recent r on r.person_id is not distinct from s.person_id and r.account_id = s.account_id and r.journey = s.journey
  window w as (partition by s.person_id, s.account_id, s.journey order by s.since_on)
),
runs as (
  select *, sum(begins) over (partition by person_id, account_id, journey order by since_on rows unbounded preceding) as run
  from ordered
),
stood as (
  select person_id, account_id, journey, min(since_on) as since_on, arg_min(version, since_on) as version,
    arg_max(version, since_on) as version_now, arg_max(standing, since_on) as standing, arg_max(milestone, since_on) as milestone, arg_max(missing, since_on) as missing,
    bool_or(until_on is null) as lasts
  from runs
  group by person_id, account_id, journey, run
)
select s.person_id, s.account_id, s.journey, s.standing, s.milestone, s.since_on, s.missing, c.odds, c.low, c.high, c.people
from stood s
left join rules r on r.journey = s.journey and r.version = s.version and r.from_on = s.since_on
left join (
  select distinct journey, version, milestone, on_day from learnt where account_id is null and name in ('by_odds', 'by_rule')
) turned on turned.journey = s.journey and turned.version = s.version and turned.milestone = s.milestone and turned.on_day = s.since_on
  and s.standing = 'at_risk'
left join calls c on s.standing = 'at_risk' and c.person_id is not distinct from s.person_id and c.account_id = s.account_id
  and c.journey = s.journey and c.version = s.version_now and c.milestone = s.milestone
where s.lasts and s.since_on >= $since and r.journey is null and turned.journey is null
