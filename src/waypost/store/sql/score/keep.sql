-- Stores scores by account and day.
-- in: fresh (frame: the columns of scores)
-- out: number of rows
insert into scores select account_id, on_day, scorecard, version, score, band, withheld from fresh
