-- The tickets of one person as they are now, open ones first.
-- in: person text, most integer
-- out: ticket_id text, subject text, priority text, solved boolean, opened_on date, since_on date (of the state)
select ticket_id, subject, priority, solved, opened_on, since_on
from tickets
where person_id = $person and until_on is null
order by solved, opened_on desc, ticket_id
limit $most
