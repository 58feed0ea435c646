-- Lets go of a source's oldest samples, so that the quarantine stays bounded.
-- in: source text
-- in: most integer (samples kept per source)
-- out: nothing
delete from quarantine
where source = $source
  and id <= (select id from quarantine where source = $source order by id desc limit 1 offset $most)
