-- What one person answered, the last word on each answer, newest first.
-- in: person text, most integer
-- out: survey text, score double, comment text, answered_at timestamp, account text
select s.survey, s.score, s.comment, s.answered_at, coalesce(a.name, s.account_id) as account
from answers s
left join accounts a on a.account_id = s.account_id
where s.person_id = $person and s.replaced_on is null
order by s.answered_at desc, s.answer_id
limit $most
