-- What was known when of each account of `scope`, as stored, without the day on which it ended: the next one's beginning says it.
-- in: scope (frame: account_id text)
-- out: the columns of account_eras but until_on
select * exclude (until_on) from account_eras where account_id in (select account_id from scope)
