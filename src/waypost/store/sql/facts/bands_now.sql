-- The band of each account today.
-- in: today date
-- out: account_id text, band text
select account_id, band from scores where on_day = $today;
