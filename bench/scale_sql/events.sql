-- The events of some acts. At a size no machine could hold at once, so by portions of acts.
-- in: first bigint (inclusive), until bigint (exclusive): places of acts; in_account bigint
-- out: number of rows
insert into events
with visited as (
  select *, unnest(range(size)) as k from acts where place >= $first and place < $until
),
told as (
  select a.*, f.account, f.role, f.joined, f.opened, a.before + a.k + 1 as arrival,
    case when a.what = 0 then
      case when f.role < 2 and chance(20, a.nr, 3) = 0 then 400 else f.role * 100 end
      + case when a.k = 0 then 0
          else chance(21 + (a.k - 1) // 3, a.nr, case when f.role = 3 then 14 when f.role < 2 and chance(20, a.nr, 3) = 0 then 4 else 8 end)
        end
    end as dish
  from visited a
  join folk f on f.p = a.p
),
named as (
  select t.*, t.dish >= 400 as by_machine,
    coalesce(m.kind, ['membership', 'identify', 'group', 'contract', 'survey', 'ticket', 'ticket', 'membership', 'contract'][t.what])
      as kind,
    coalesce(m.name, ['joined', 'identify', 'group', 'signed', 'nps', 'opened', 'solved', 'left', 'changed'][t.what]) as name
  from told t
  left join menu m on m.dish = t.dish
)
select
  arrival, md5(arrival || '-' || getvariable('seed')) as event_id,
  case when what > 0 then 'crm' when kind = 'log' then 'server-log' when kind = 'row' then 'product-db' else 'web' end as source,
  kind, name,
  cast(first_on as timestamp) + to_seconds(at_s + k * 37) as happened_at,
  cast(first_on as timestamp) + to_seconds(arrives_s + k * 37 + 2) as received_at,
  cast(first_on + cast((at_s + k * 37) // 86400 as integer) as date) as happened_on,
  case when what in (3, 4, 9) or (what = 0 and p % 8 = 0 and chance(30, nr, 4) = 0) then null else format('u-{:07d}', p) end as person_id,
  case when p % 8 = 0 and (what = 2 or (what = 0 and chance(30, nr, 4) = 0)) then format('anon-{:07d}', p) end as anonymous_id,
  case when what in (2, 5) or (what = 0 and chance(31, nr, 10) = 0) then null else format('a-{:06d}', account) end as account_id,
  case when by_machine then 'automated' else 'human' end as actor, null as quantity,
  case
    when what in (1, 8) then format('{{"role":"{}","champion":{}}}', ['admin', 'manager', 'clerk', 'analyst'][role + 1],
      case when p % $in_account = 1 then 'true' else 'false' end)
    when what = 2 then format('{{"name":"Person {}","email":"u{}@a{}.example"}}', p, p, account)
    when what = 3 then format('{{"name":"Account {}","region":"{}"}}', account, ['EU', 'US', 'APAC'][account % 3 + 1])
    when what in (4, 9) then format('{{"contract_id":"c-{}","value":{},"currency":"EUR","seats":{},"starts_on":"{}","renews_on":"{}"}}',
      account, 6000 + chance(32, account, 100) * 1000, 30 + what, first_on + opened, first_on + opened + 365)
    when what = 5 then format('{{"answer_id":"n-{}","score":{},"scale":"nps"}}', p, chance(33, p, 11))
    when what in (6, 7) then format('{{"ticket_id":"t-{}","subject":"Question {}","priority":"{}"}}', p, p,
      ['low', 'normal', 'high', 'urgent'][chance(34, p, 4) + 1])
    when name = 'Report Exported' then format('{{"rows":{}}}', 10 * chance(35, arrival, 50))
    when name = 'Setting Changed' then format('{{"setting":"{}","value":"{}"}}',
      ['scheduled_reports', 'carrier_sync', 'single_sign_on', 'weekly_digest'][chance(36, arrival, 4) + 1],
      case when chance(37, arrival, 6) = 0 then 'off' else 'on' end)
    when kind = 'row' then format('{{"status":"{}","rows":{}}}', case when chance(38, arrival, 9) = 0 then 'failed' else 'done' end,
      10 * chance(39, arrival, 50))
    when kind = 'page' then format('{{"path":"/{}/{}"}}', lower(name), chance(40, arrival, 400))
    else '{}'
  end as properties,
  '{}' as context, cast(null as bigint) as import_id
from named
