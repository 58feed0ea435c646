-- The first day, since each began to wait, on which what they waited for came: use of a feature that counts, something said
-- of them or their account, or a contract in force. Who waits without a person is an account: anybody there will do.
-- in: waits (frame: wait bigint, person_id text (null: the account), account_id text, since_on date, until_on date (exclusive),
--     feature text, kind text, name text, contract boolean: what is waited for, one of feature, kind with name, and contract),
--     features (frame: feature text, automated_counts boolean), last_on date (inclusive)
-- out: wait bigint, on_day date
with said_of as (
  select w.wait, w.since_on, w.until_on, w.person_id as whose, e.person_id, e.happened_on
  from resolved_said e
  join waits w on w.kind = e.kind and w.name = e.name and w.account_id = e.account_id
),
signed as (
  select account_id, greatest(since_on, coalesce(starts_on, since_on)) as from_on, coalesce(until_on, date '9999-12-31') as until_on
  from contracts
  where not ended and account_id in (select account_id from waits where contract)
),
came as (
  select w.wait, u.day as on_day
  from waits w
  join usage_daily u on u.person_id = w.person_id and u.account_id = w.account_id and u.feature = w.feature
    and u.day >= w.since_on and u.day < w.until_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  union all
  select w.wait, u.day
  from waits w
  join usage_daily u on w.person_id is null and u.account_id = w.account_id and u.feature = w.feature
    and u.day >= w.since_on and u.day < w.until_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  union all
  -- What is said of nobody is said of everybody there.
  select wait, happened_on
  from said_of
  where happened_on >= since_on and happened_on < until_on and (whose is null or person_id is null or person_id = whose)
  union all
  select w.wait, greatest(c.from_on, w.since_on)
  from waits w
  join signed c on w.contract and c.account_id = w.account_id and c.from_on < w.until_on and c.until_on > greatest(w.since_on, c.from_on)
)
select wait, min(on_day) as on_day from came where on_day <= $last_on group by wait
