-- How often features were used in the windows that conditions ask about, by people at their accounts or by whole accounts.
-- in: asked (frame: nr integer, feature text, since date (inclusive), automated boolean (use by jobs counts)),
--   until date (exclusive), by_person boolean, person text (null: everybody), account text (null: all)
-- out: nr integer, person_id text (null: the whole account), account_id text, n bigint (uses, >= 1); who used nothing has no row
select a.nr, case when $by_person then u.person_id end as person_id, u.account_id, cast(sum(u.n) as bigint) as n
from usage_daily u
join asked a on a.feature = u.feature and u.day >= a.since and (a.automated or u.actor = 'human')
where u.day < $until and ($person is null or u.person_id = $person) and ($account is null or u.account_id = $account)
group by 1, 2, 3
