-- Which journey everybody is on, and when: per stretch and era, the first journey whose audience fits and that has been entered.
-- in: stretches (frame: spot bigint, stay bigint, person_id text (null: the account), account_id text, role, tier, plan text,
--     provisioned_on date, from_on date, until_on date (exclusive; 9999-12-31 is open); no gate opens or closes within one),
--     audiences (frame: era_from date, era_until date (exclusive), rulebook_nr bigint, rank bigint, journey text, role, tier, plan,
--     segment text (null: any), gated boolean (it is entered or left by a gate)), segmented (frame: spot bigint, segment text: who is in
--     it), gates (frame: rulebook_nr bigint, stay bigint, enters_on date (null: with access), leaves_on date (null: never))
-- out: person_id, account_id text, rulebook_nr bigint, provisioned_on date (day 0), from_on date, until_on date (exclusive, null: open)
select
  s.person_id, s.account_id, a.rulebook_nr, coalesce(g.enters_on, s.provisioned_on) as provisioned_on,
  greatest(s.from_on, a.era_from) as from_on, nullif(least(s.until_on, a.era_until), date '9999-12-31') as until_on
from stretches s
join audiences a
  on (a.role is null or a.role = s.role) and (a.tier is null or a.tier = s.tier) and (a.plan is null or a.plan = s.plan)
  and a.era_from < s.until_on and a.era_until > s.from_on
left join segmented i on i.spot = s.spot and i.segment = a.segment
left join gates g on g.stay = s.stay and g.rulebook_nr = a.rulebook_nr
where (a.segment is null or i.spot is not null)
  and (not a.gated or g.stay is not null and coalesce(g.enters_on, s.from_on) <= s.from_on and coalesce(g.leaves_on, s.until_on) > s.from_on)
qualify row_number() over (partition by s.spot, a.era_from order by a.rank, a.journey) = 1
