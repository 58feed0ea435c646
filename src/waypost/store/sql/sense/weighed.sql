-- What moved the scores of some accounts since a day, by input; what no input did has its cause in place of one.
-- in: accounts_asked (frame: account_id text), since date (exclusive)
-- out: account_id text, moved_by text (an input, or rules, late, resumed), points double
select account_id, case when input = '' then cause else input end as moved_by, sum(points) as points
from ledger
where on_day > $since and account_id in (select account_id from accounts_asked)
group by account_id, moved_by
