-- Everybody who has been on a journey at any time.
-- in: journey text
-- out: person_id text
select distinct person_id from standings where journey = $journey order by person_id
