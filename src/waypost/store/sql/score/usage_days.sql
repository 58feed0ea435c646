-- Every day on which any usage source sent anything that counts: a day without any is an outage, not a silence.
-- in: nothing
-- out: day date
select day from used_days order by day
