-- Takes every event of a person out of the store: the one exception to append-only, because the law says so.
-- in: ids (frame: id text)
-- out: number of rows
delete from events where person_id in (select id from ids) or anonymous_id in (select id from ids)
