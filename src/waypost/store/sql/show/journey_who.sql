-- Who stands at one milestone of a journey today, on the path or off it: longest first.
-- in: journey text, today date, everybody boolean (else only who is among these), pairs (frame: person_id, account_id text),
--   chosen_accounts (frame: account_id text), since date, until date (they got access within them, until exclusive; both null: any),
--   milestones (frame: milestone text, standing text (null: any); those that are shown as this one), strayed boolean,
--   clause text (the one missed first; null: any)
-- out: unit text (person, or the account of a journey of accounts), since_on date, missed text (in the clause's words; null: none)
with access as (
  select person_id, account_id, max(provisioned_on) as provisioned_on
  from memberships
  where $since is not null and joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id, account_id
)
select coalesce(s.person_id, s.account_id) as unit, min(s.since_on) as since_on,
  arg_min(json_extract_string(s.missing, '$[0].missed'), s.since_on) as missed
from every_standing s
where s.journey = $journey and s.since_on <= $today and (s.until_on is null or s.until_on > $today)
  and (s.standing in ('strayed', 'lapsed')) = $strayed
  and exists (
    select 1 from milestones m
    where m.milestone = coalesce(s.milestone, '') and (m.standing is null or m.standing = s.standing)
  )
  and ($clause is null or coalesce(json_extract_string(s.missing, '$[0].clause'), '') = $clause)
  and ($everybody or s.account_id in (select account_id from chosen_accounts)
    or exists (select 1 from pairs c where c.person_id = s.person_id and c.account_id = s.account_id))
  and ($since is null or exists (
    select 1 from access m
    where m.person_id = s.person_id and m.account_id = s.account_id and m.provisioned_on >= $since and m.provisioned_on < $until
  ))
group by 1
order by since_on, unit
