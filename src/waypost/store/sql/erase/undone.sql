-- Takes every event of a person out of those that undone imports left.
-- in: ids (frame: id text)
-- out: number of rows
delete from undone where person_id in (select id from ids) or anonymous_id in (select id from ids)
