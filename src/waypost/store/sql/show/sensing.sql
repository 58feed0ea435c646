-- How early strays of a journey are sensed.
-- in: journey text
-- out: version bigint, made_on date, report text (JSON)
select version, made_on, report from sensing where journey = $journey
