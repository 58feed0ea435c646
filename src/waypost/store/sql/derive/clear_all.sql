-- Forgets everything derived, before it is derived anew from the events.
-- in: nothing
-- out: nothing
delete from identities;
delete from memberships;
delete from people;
delete from accounts;
delete from account_eras;
delete from contracts;
delete from answers;
delete from tickets;
delete from pauses;
delete from settings;
delete from usage_daily;
delete from used_days;
delete from standings;
delete from account_standings;
delete from odds;
delete from progress where name like 'learnt%';
delete from scores;
delete from ledger;
