-- The people, or the accounts, whose name, e-mail or id holds some words.
-- in: words text (lower case), of_people boolean
-- out: id text
select person_id as id from people
where $of_people and (contains(lower(coalesce(name, '')), $words) or contains(lower(coalesce(email, '')), $words)
  or contains(lower(person_id), $words))
union all
select account_id from accounts
where not $of_people and (contains(lower(name), $words) or contains(lower(account_id), $words))
