-- Where people, or accounts on journeys of accounts, stand on a day, and whether a condition holds of it.
-- in: of_accounts boolean, today date (the day asked for), person text (null: everybody), account text (null: all), journey text (null: any),
--   standings list of text (null: any), milestone text (null: any), since_from date (null: any; stands so since this day
--   or later), since_until date (null: any; since this day or earlier), due_until date (null: any; due from today until
--   this day), held_only boolean (leave out where the condition does not hold)
-- out: person_id text (null: the account), account_id text, journey text, standing text, milestone text (null when all are met), since_on date,
--   due_on date (null: no day), held boolean
select *
from (
  select person_id, account_id, journey, standing, milestone, since_on, due_on,
    coalesce(
      ($standings is null or standing in (select unnest($standings))) and ($milestone is null or milestone = $milestone)
        and ($since_from is null or since_on >= $since_from) and ($since_until is null or since_on <= $since_until)
        and ($due_until is null or (due_on >= $today and due_on <= $due_until)),
      false
    ) as held
  from every_standing
  where (person_id is null) = $of_accounts and since_on <= $today and (until_on is null or until_on > $today) and ($journey is null or journey = $journey)
    and ($person is null or person_id = $person) and ($account is null or account_id = $account)
) stands
where held or not $held_only
