-- Every standing that one person ever had, latest first.
-- in: person text
-- out: account_id text, journey text, standing text, milestone text, since_on date, until_on date, due_on date, missing text
select account_id, journey, standing, milestone, since_on, until_on, due_on, missing
from standings
where person_id = $person
order by since_on desc, until_on desc nulls first, account_id, journey
