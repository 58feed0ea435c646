-- Forgets all odds and models, before they are worked out anew.
-- in: nothing
-- out: nothing
delete from odds;
delete from odds_models;
