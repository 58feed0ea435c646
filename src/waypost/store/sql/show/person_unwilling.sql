-- Whether another tool says that somebody wants no more messages, or that their address does not work.
-- in: person text
-- out: name text (unsubscribed, complained or bounced), source text, told_at timestamp; newest first
with mine as (
  select $person as id
  union select alias from identities where person_id = $person
),
addresses as (select lower(email) as address from people where person_id = $person and email is not null)
select name, source, max(happened_at) as told_at
from said
where kind = 'delivery' and name in ('unsubscribed', 'complained', 'bounced') and source <> 'waypost'
  and (person_id in (select id from mine)
    or lower(json_extract_string(properties, '$.address')) in (select address from addresses))
group by name, source
order by told_at desc
