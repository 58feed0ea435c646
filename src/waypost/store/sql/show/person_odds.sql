-- The odds of one person to meet their next milestones in time, as told this morning.
-- in: person text, account text, today date
-- out: journey text, milestone text, due_on date, odds double (null: judged by the rule), low double, high double,
--   people integer (whose history it is), why text (what history lacks)
select journey, milestone, due_on, odds, low, high, people, why
from odds
where person_id = $person and account_id = $account and due_on >= $today
order by due_on, journey
