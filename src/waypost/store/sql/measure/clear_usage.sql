-- Forgets the usage of the (person, day) pairs of `pairs`.
-- in: pairs (frame: person_id text, day date)
-- out: number of rows
delete from usage_daily using pairs where usage_daily.person_id = pairs.person_id and usage_daily.day = pairs.day
