-- How many events hold no longer because an import was undone.
-- in: import_id bigint (>= 1)
-- out: n bigint (one row)
select count(*) as n from undone where import_id = $import_id
