-- Forgets scores of the accounts of `scope`, each from its day on.
-- in: scope (frame: account_id text, from_on date (inclusive))
-- out: number of rows
delete from scores using scope where scores.account_id = scope.account_id and scores.on_day >= scope.from_on
