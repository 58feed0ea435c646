-- Every day on which a person of `scope` did anything, or has usage stored.
-- in: scope (frame: person_id text)
-- out: person_id text, day date
select person_id, happened_on as day from resolved where person_id in (select person_id from scope)
union
select person_id, day from usage_daily where person_id in (select person_id from scope)
