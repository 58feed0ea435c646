-- Whose the requests of logs are, by name: by one account or person alone, or by several.
-- in: since date (inclusive), until date (exclusive)
-- out: source text, kind text (always log), name text, account_low text, account_high text (equal when one account alone
--      made them, null when none is known), person_low text, person_high text (likewise)
select
  source, kind, name, min(account_id) as account_low, max(account_id) as account_high,
  min(person_id) as person_low, max(person_id) as person_high
from events
where happened_on >= $since and happened_on < $until and kind = 'log'
group by source, kind, name
