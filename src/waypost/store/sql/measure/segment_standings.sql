-- Where people stood on their journeys on a day.
-- in: today date (the day asked for), person text (null: everybody), account text (null: all)
-- out: person_id text, account_id text, journey text, standing text, milestone text (null when all are met), since_on date,
--   due_on date (null: no day)
select person_id, account_id, journey, standing, milestone, since_on, due_on
from standings
where since_on <= $today and (until_on is null or until_on > $today)
  and ($person is null or person_id = $person) and ($account is null or account_id = $account)
