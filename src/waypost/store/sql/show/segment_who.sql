-- The people at their accounts, or the accounts, that somebody means by some words; whoever is named exactly comes first.
-- in: words text (lower case), of_people boolean, today date, most integer
-- out: person_id text (null: an account), account_id text, name text, account text
select person_id, account_id, name, account
from (
  select m.person_id, m.account_id, coalesce(p.name, p.email, m.person_id) as name, coalesce(a.name, m.account_id) as account,
    $words in (lower(m.person_id), lower(coalesce(p.email, '')), lower(coalesce(p.name, ''))) as exact
  from (
    select distinct person_id, account_id from memberships where joined_on <= $today and (left_on is null or left_on > $today)
  ) m
  left join people p on p.person_id = m.person_id
  left join accounts a on a.account_id = m.account_id
  where $of_people and (contains(lower(coalesce(p.name, '')), $words) or contains(lower(coalesce(p.email, '')), $words)
    or lower(m.person_id) = $words)
  union all
  select null, account_id, name, name, $words in (lower(account_id), lower(name))
  from accounts
  where not $of_people and (contains(lower(name), $words) or lower(account_id) = $words)
) found
order by exact desc, name, account, person_id, account_id
limit $most
