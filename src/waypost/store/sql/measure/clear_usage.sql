-- Forgets the usage of the (person, day) pairs of `pairs`.
-- in: pairs (frame: person_id text, day date), first_on date (inclusive), last_on date (inclusive): bounds of the days in pairs
-- out: number of rows
delete from usage_daily using pairs
where usage_daily.day between $first_on and $last_on and usage_daily.person_id = pairs.person_id and usage_daily.day = pairs.day
