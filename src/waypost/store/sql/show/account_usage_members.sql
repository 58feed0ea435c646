-- The people with access to one account at the cutoff who have used it, the latest first.
-- in: account text, cutoff date (inclusive), most integer (>= 1)
-- out: person_id text
select m.person_id
from memberships m
join usage_daily u on u.person_id = m.person_id and u.account_id = $account and u.actor = 'human' and u.day <= $cutoff
where m.account_id = $account and m.joined_on <= $cutoff and (m.left_on is null or m.left_on > $cutoff)
group by m.person_id
order by max(u.day) desc, m.person_id
limit $most
