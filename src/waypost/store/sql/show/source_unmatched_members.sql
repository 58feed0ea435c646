-- The devices of a source that never said who uses them in some days, or its people at no account, the busiest first.
-- in: source text, since date (inclusive), until date (exclusive), people boolean: people, else devices, most integer, skip integer
-- out: id text, name text (null: none known), n bigint, first_at timestamp, last_at timestamp, total bigint: of all of them
select case when $people then e.person_id else e.anonymous_id end as id, any_value(p.name) as name, count(*) as n,
  min(e.happened_at) as first_at, max(e.happened_at) as last_at, count(*) over () as total
from resolved e
anti join (select distinct person_id from memberships) m on m.person_id = e.person_id
left join people p on p.person_id = e.person_id
where e.source = $source and e.happened_on >= $since and e.happened_on < $until
  and case when $people then e.person_id is not null and e.account_id is null else e.person_id is null and e.anonymous_id is not null end
group by 1
order by n desc, id
limit $most offset $skip
