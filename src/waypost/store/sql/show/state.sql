-- What everything shown rests on: how far rounds and learning have come, and how many accounts wait for their health.
-- in: nothing
-- out: name text (of progress but the inbox's, or 'due'), position bigint
select name, position from progress where name <> 'inbox'
union all
select 'due', count(*) from due
