-- The accounts that one account is compared with: others of its tier that are customers at the cutoff, in a fixed order
-- that favours nobody.
-- in: account text, tier text (null: accounts without a tier), cutoff date, most integer (>= 1)
-- out: account_id text
select account_id
from accounts
where account_id <> $account and tier is not distinct from $tier and (ended_on is null or ended_on > $cutoff)
order by md5(account_id), account_id
limit $most
