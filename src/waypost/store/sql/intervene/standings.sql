-- Where some subjects stand now on each of their journeys.
-- in: subjects (frame: person_id text, account_id text)
-- out: person_id text, account_id text, journey text, standing text, milestone text, missing text (JSON list of clauses)
select s.person_id, s.account_id, st.journey, st.standing, st.milestone, st.missing
from subjects s
join standings st on st.person_id = s.person_id and st.account_id = s.account_id
where st.until_on is null
