-- Whether another tool's history says that somebody wants no more messages, or that their address does not work.
-- in: person text
-- out: name text (unsubscribed or bounced), source text, told_at timestamp; newest first
with mine as (select $person as id union select alias from identities where person_id = $person)
select name, source, max(happened_at) as told_at
from said
where kind = 'delivery' and name in ('unsubscribed', 'bounced') and source <> 'waypost'
  and person_id in (select id from mine)
group by name, source
order by told_at desc
