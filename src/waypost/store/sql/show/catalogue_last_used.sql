-- When some features were last used, ever.
-- in: features (frame: feature text)
-- out: feature text, last_at timestamp, n bigint: of all time
select feature, max(last_at) as last_at, cast(sum(n) as bigint) as n
from usage_daily
where feature in (select feature from features)
group by feature
