-- Keeps who met which account when first.
-- in: earlier (frame: the columns of meetings)
-- out: number of rows
insert into meetings select id, is_alias, account_id, by_system, first_at, first_on from earlier
