-- What the odds of a journey rest on, milestone by milestone.
-- in: journey text
-- out: milestone text, version bigint, fitted_on date, model text (JSON)
select milestone, version, fitted_on, model from odds_models where journey = $journey
