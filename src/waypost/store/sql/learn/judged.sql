-- By what each milestone of each version of a journey is judged, as last said; where nothing was said, the rule of thumb judges.
-- in: nothing
-- out: journey text, version bigint, milestone text, by_odds boolean
select journey, version, milestone, name = 'by_odds' as by_odds
from learnt
where account_id is null and name in ('by_odds', 'by_rule')
qualify row_number() over (partition by journey, version, milestone order by happened_at desc, event_id desc) = 1
