-- Lets go of the files of a source that ended longest ago.
-- in: source text
-- in: most integer (files that ended, kept per source)
-- out: nothing
delete from file_positions
where source = $source and ended
  and id <= (
    select id from file_positions where source = $source and ended order by id desc limit 1 offset $most
  )
