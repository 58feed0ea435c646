-- Whether any account has a score yet: one row when so, none when not.
-- in: nothing
-- out: account_id text
select account_id from scores where score is not null limit 1
