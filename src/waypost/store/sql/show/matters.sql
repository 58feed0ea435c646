-- What goes with staying on a journey.
-- in: journey text, by_day integer
-- out: made_on date, report text (JSON)
select made_on, report from matters where journey = $journey and by_day = $by_day
