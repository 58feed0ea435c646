-- Who was called at risk by odds, as last said, and on which day.
-- in: nothing
-- out: person_id text (null: the account as a whole), account_id text, journey text, milestone text, called_on date
select person_id, account_id, journey, milestone, on_day as called_on
from (
  select * from learnt
  where account_id is not null and name in ('at_risk', 'not_at_risk')
  qualify row_number() over (partition by person_id, account_id, journey, milestone order by happened_at desc, event_id desc) = 1
) last
where name = 'at_risk'
