-- Where each person stands now, on whichever journey.
-- in: nothing
-- out: account_id text, person_id text, standing text
select account_id, person_id, standing from standings where until_on is null;
