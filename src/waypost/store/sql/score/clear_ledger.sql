-- Forgets ledger rows of the accounts of `scope`, each from its day on.
-- in: scope (frame: account_id text, from_on date (inclusive))
-- out: number of rows
delete from ledger using scope where ledger.account_id = scope.account_id and ledger.on_day >= scope.from_on
