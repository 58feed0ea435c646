-- Accounts and people whose name, id or e-mail holds some words; those that begin with them first.
-- in: words text (lower case), most integer
-- out: kind text (account or person), id text, name text, note text
select kind, id, name, note
from (
  select 'account' as kind, account_id as id, name, coalesce(tier, '') as note, lower(name) as key from accounts
  where contains(lower(name), $words) or contains(lower(account_id), $words)
  union all
  select 'person', person_id, coalesce(name, email, person_id), coalesce(email, ''), lower(coalesce(name, email, person_id))
  from people
  where contains(lower(coalesce(name, '')), $words) or contains(lower(coalesce(email, '')), $words)
    or contains(lower(person_id), $words)
) found
order by starts_with(key, $words) desc, kind, key, id
limit $most
