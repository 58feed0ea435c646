-- Whether a person of `scope` ever did anything that the catalogue maps to a setting.
-- in: scope (frame: person_id text), rules (frame: name text), since date (inclusive): the first day on which any of them did anything
-- out: sets boolean (one row)
select exists (
  select 1
  from resolved
  where happened_on >= $since and name in (select name from rules) and person_id in (select person_id from scope)
) as sets
