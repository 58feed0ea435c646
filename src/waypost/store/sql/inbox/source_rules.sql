-- The rules of sources in force; asked of the operational database by collector workers.
-- in: nothing
-- out: document text (JSON)
select document from definitions as newest
where kind = 'source' and not withdrawn
  and version = (select max(version) from definitions where kind = 'source' and key = newest.key)
order by key
