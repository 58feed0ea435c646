-- Stores the fitted models.
-- in: fresh (frame: the columns of odds_models)
-- out: number of rows
insert into odds_models
select journey, version, milestone, fitted_on, people, accounts, met, model from fresh
