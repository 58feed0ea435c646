-- Where everybody stands now, if they came to stand there since a day, and have a membership.
-- in: since date (inclusive)
-- out: person_id text, account_id text, journey text, standing text, milestone text, since_on date, missing text
select person_id, account_id, journey, standing, milestone, since_on, missing
from standings
where until_on is null and since_on >= $since
