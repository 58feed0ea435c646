-- How many rows of daily use there are.
-- in: nothing
-- out: n bigint
select count(*) as n from usage_daily
