-- The settings that one person changed, newest first.
-- in: person text, most integer
-- out: setting text, value text, since_at timestamp, until_on date (null: it still holds)
select setting, value, since_at, until_on
from settings
where person_id = $person
order by since_at desc, setting
limit $most
