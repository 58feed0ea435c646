-- Makes every analytical table. Only `events`, `undone`, `said_again` and `progress` are facts; all others are derived and can
-- be rebuilt.
-- in: nothing
-- out: nothing

-- One row per fact. Times are UTC; happened_on is the workspace's day on which it happened. import_id is the import that brought
-- it, null when it came by a door, a query or a followed file.
create table if not exists events (
  arrival bigint not null, event_id text not null, source text not null, kind text not null, name text not null,
  happened_at timestamp not null, received_at timestamp not null, happened_on date not null,
  person_id text, anonymous_id text, account_id text, actor text not null, quantity double,
  properties text not null, context text not null
);
alter table events add column if not exists import_id bigint;

-- Events of imports that were undone (docs/decisions/0019): they hold no longer, and nothing is derived from them.
create table if not exists undone as select * from events limit 0;

-- Who else said an event that an import had brought before: another import, or (import_id 0) any other way. It holds as long as
-- one of them does.
create table if not exists said_again (source text not null, event_id text not null, import_id bigint not null);

-- The events that are not use (no track, page, screen, log or row), kept a second time as they came: who somebody is, what was
-- signed, asked and noticed can be looked up without passing by a hundred million clicks.
create table if not exists said (
  arrival bigint not null, event_id text not null, source text not null, kind text not null, name text not null,
  happened_at timestamp not null, received_at timestamp not null, happened_on date not null,
  person_id text, anonymous_id text, account_id text, actor text not null, quantity double,
  properties text not null, context text not null
);

-- Which id met which account when first (account_id null: an event that names none). is_alias tells an anonymous id from a
-- person id; by_system, events that the system itself caused from others. What Waypost noticed and did is left out.
create table if not exists meetings (
  id text not null, is_alias boolean not null, account_id text, by_system boolean not null,
  first_at timestamp not null, first_on date not null
);

-- Which counts of query sources hold no longer: a later version replaced them, or they were withdrawn.
create table if not exists replaced (arrival bigint not null);

-- How far the inbox has been taken in (name 'inbox'), and through which day history is stated (name 'stated').
create table if not exists progress (name text primary key, position bigint not null);

-- Accounts whose people are stated and whose health is still to be, each from a day on; empty between rounds.
create table if not exists due (account_id text not null, from_on date not null);

-- alias (an anonymous id or an earlier person id) belongs to person_id.
create table if not exists identities (alias text not null, person_id text not null);

create table if not exists people (
  person_id text not null, name text, email text, title text, traits text not null,
  first_seen_at timestamp, last_seen_at timestamp
);

-- One row per account. The contract in force gives value, seats and renews_on; owner is a member's e-mail.
create table if not exists accounts (
  account_id text not null, name text not null, tier text, owner text, region text, traits text not null,
  value double, currency text, seats bigint, starts_on date, renews_on date, ended_on date, first_seen_at timestamp
);

-- What was known of an account when: from since_on until before until_on (null: still). traits are those that rules ask about.
create table if not exists account_eras (
  account_id text not null, since_on date not null, until_on date, tier text, plan text, region text, owner text,
  traits text, value double, renews_on date
);

-- Dated belonging; left_on is the first day on which the person no longer belongs.
create table if not exists memberships (
  person_id text not null, account_id text not null, role text, champion boolean not null, signs_renewal boolean not null,
  provisioned_at timestamp not null, provisioned_on date not null, joined_on date not null, left_on date
);

-- Dated values of the catalogue's settings; until_on is the first day on which the value no longer held.
create table if not exists settings (
  account_id text not null, setting text not null, value text not null, since_at timestamp not null,
  since_on date not null, until_on date, person_id text, event_id text not null
);

-- Survey answers; replaced_on is the day of a second word on the same answer (null: this is the last word).
create table if not exists answers (
  answer_id text not null, survey text not null, account_id text not null, person_id text, score double not null,
  comment text, answered_at timestamp not null, answered_on date not null, replaced_on date
);

-- Dated states of tickets: this one held from since_on until before until_on (null: it holds now).
create table if not exists tickets (
  ticket_id text not null, account_id text not null, person_id text, subject text, priority text not null,
  solved boolean not null, opened_at timestamp not null, opened_on date not null, since_on date not null, until_on date
);

-- Dated terms of a contract: these held from since_on until before until_on (null: they hold now).
create table if not exists contracts (
  contract_id text not null, account_id text not null, value double, currency text, seats bigint,
  starts_on date, renews_on date, ended boolean not null, since_on date not null, until_on date
);

-- Dated pauses, on which the clock of journeys stands still: of a person at an account, or (person_id null) of all its people.
create table if not exists pauses (account_id text not null, person_id text, from_on date not null, until_on date);

create table if not exists usage_daily (
  day date not null, account_id text not null, person_id text not null, feature text not null, actor text not null,
  n bigint not null, quantity double, first_at timestamp not null, last_at timestamp not null
);

-- The days on which there was any use by anybody.
create table if not exists used_days (day date not null);

-- Dated standings: this one held from since_on until before until_on (null: it holds now).
-- missing is a JSON list of the clauses missed, each {clause, says, value, needed}.
create table if not exists standings (
  person_id text not null, account_id text not null, journey text not null, version bigint not null,
  since_on date not null, until_on date, standing text not null, milestone text, due_on date, missing text not null
);

-- Dated standings of accounts on journeys of accounts, told like those of people.
create table if not exists account_standings (
  account_id text not null, journey text not null, version bigint not null,
  since_on date not null, until_on date, standing text not null, milestone text, due_on date, missing text not null
);

-- One row per person (or, without a person_id, account) underway to a milestone: the odds (0 to 1) on the morning of on_day of meeting it by due_on, from what
-- happened before on_day. odds is null where the rule of thumb judges, and why then says what history lacks; people is whose it is.
-- at_risk is what was called that morning (null: the rule judges); who is at risk now is told by the standings.
create table if not exists odds (
  person_id text, account_id text not null, journey text not null, version bigint not null, milestone text not null,
  on_day date not null, due_on date not null, odds double, low double, high double, people bigint not null,
  at_risk boolean, why text
);

alter table odds alter column person_id drop not null;

-- What history said about each milestone when it was fitted, and how early strays were sensed per journey: derived, as JSON.
create table if not exists odds_models (
  journey text not null, version bigint not null, milestone text not null, fitted_on date not null,
  people bigint not null, accounts bigint not null, met bigint not null, model text not null
);
create table if not exists sensing (journey text not null, version bigint not null, made_on date not null, report text not null);

-- Which features and frequencies in the first days go with staying, per journey: derived, one JSON per journey and landmark.
create table if not exists matters (journey text not null, by_day bigint not null, made_on date not null, report text not null);

-- One row per account and day. score is null when withheld, and withheld then says why.
create table if not exists scores (
  account_id text not null, on_day date not null, scorecard text not null, version bigint not null,
  score double, band text not null, withheld text
);
-- Earlier versions kept what each input was as well (docs/decisions/0015).
alter table scores drop column if exists inputs;

-- Why the score of on_day differs from the day before: points add up to the difference exactly.
create table if not exists ledger (
  account_id text not null, on_day date not null, input text not null, item text not null, cause text not null,
  points double not null, value_before double, value_after double, happened_at timestamp not null,
  person_id text, detail text not null
);

-- What was said, with the person it belongs to today.
create or replace view resolved_said as
select e.* exclude (person_id), coalesce(named.person_id, e.person_id, met.person_id) as person_id
from said e
left join identities named on named.alias = e.person_id
left join identities met on met.alias = case when e.person_id is null then e.anonymous_id end;

-- Everybody's dated standings, people's and (person_id null) accounts'.
create or replace view every_standing as
select person_id, account_id, journey, version, since_on, until_on, standing, milestone, due_on, missing from standings
union all
select null, account_id, journey, version, since_on, until_on, standing, milestone, due_on, missing from account_standings;

-- What history taught, as it was said on a day: that a milestone of a journey is judged by_odds from then on (or by_rule again), of nobody;
-- that somebody was called at_risk by the odds of that morning (or not_at_risk any more), with the odds, their interval and
-- the number of people whose history they come from. The account as a whole has no person_id.
create or replace view learnt as
select e.arrival, e.happened_at, e.event_id, e.happened_on as on_day, e.name, coalesce(named.person_id, e.person_id) as person_id, e.account_id,
  e.properties ->> '$.journey' as journey, try_cast(e.properties ->> '$.version' as bigint) as version,
  e.properties ->> '$.milestone' as milestone, try_cast(e.properties ->> '$.odds' as double) as odds,
  try_cast(e.properties ->> '$.low' as double) as low, try_cast(e.properties ->> '$.high' as double) as high,
  try_cast(e.properties ->> '$.people' as bigint) as people
from said e
left join identities named on named.alias = e.person_id
where e.kind = 'learnt';

-- Who stands at risk because odds call them so (person_id null: the account as a whole): on which day, and by which odds they came to be called.
create or replace view calls as
select c.person_id, c.account_id, c.journey, j.version, c.milestone, c.on_day, c.odds, c.low, c.high, c.people
from (
  select * from learnt
  where account_id is not null and name in ('at_risk', 'not_at_risk')
  qualify row_number() over (partition by person_id, account_id, journey, milestone order by happened_at desc, event_id desc) = 1
) c
join (
  select journey, version, milestone, name from learnt
  where account_id is null and name in ('by_odds', 'by_rule')
  qualify row_number() over (partition by journey, version, milestone order by happened_at desc, event_id desc) = 1
) j on j.journey = c.journey and j.milestone = c.milestone
where c.name = 'at_risk' and j.name = 'by_odds';

-- Events that hold: of a count that was counted again, only what was counted last. Only rows of queries are counts, and looking
-- for the others among what was replaced would more than double what it costs to read them.
create or replace view holding as
select * from events where kind <> 'row'
union all
select e.* from events e where e.kind = 'row' and not exists (select 1 from replaced r where r.arrival = e.arrival);

-- Events as they came, with the person they belong to today: merges and late identifies reach back to every earlier event.
create or replace view came as
select e.* exclude (person_id), coalesce(named.person_id, e.person_id, met.person_id) as person_id
from events e
left join identities named on named.alias = e.person_id
left join identities met on met.alias = case when e.person_id is null then e.anonymous_id end;

-- The same of those that hold.
create or replace view resolved as
select e.* exclude (person_id), coalesce(named.person_id, e.person_id, met.person_id) as person_id
from holding e
left join identities named on named.alias = e.person_id
left join identities met on met.alias = case when e.person_id is null then e.anonymous_id end;

-- The path of a page, as its properties tell it: without host, query and the slash at its end.
create or replace macro page_path(properties) as
  rtrim(regexp_replace(coalesce(
    json_extract_string(properties, '$.path'), regexp_replace(json_extract_string(properties, '$.url'), '^[a-zA-Z]+://[^/]*', '')
  ), '[?#].*$', ''), '/');

-- Whether a path fits a template of the catalogue: its LIKE pattern, its number of slashes, and whether more may follow.
create or replace macro fits_path(path, pattern, slashes, deep) as
  case when deep
    then len(string_split(path, '/')) > slashes + 1
      and array_to_string(string_split(path, '/')[1:slashes + 1], '/') like pattern escape '\'
    else len(string_split(path, '/')) = slashes + 1 and path like pattern escape '\' end;

-- Whether a property fulfils a condition of the catalogue; `said` is its value as text, null when the event has none.
create or replace macro fulfils(said, c) as
  case c.op
    when 'in' then said is not null
      and (list_contains(c.texts, said) or coalesce(list_contains(c.numbers, try_cast(said as double)), false))
    when 'not_in' then said is null
      or not (list_contains(c.texts, said) or coalesce(list_contains(c.numbers, try_cast(said as double)), false))
    when 'exists' then said is not null
    when 'missing' then said is null
    else coalesce(isfinite(try_cast(said as double)) and try_cast(said as double) >= coalesce(c.least, try_cast(said as double))
      and try_cast(said as double) <= coalesce(c.most, try_cast(said as double)), false) end;

-- In which of the catalogue's ways an event is meant: the first that holds, null when none does.
create or replace macro meant_by(alternatives, event_kind, event_source, properties) as
  list_filter(alternatives, lambda a:
    (a.kind is null or a.kind = event_kind) and (a.source is null or a.source = event_source)
    and (a.path_like is null or coalesce(fits_path(page_path(properties), a.path_like, a.slashes, a.deep), false))
    and len(list_filter(a.conditions, lambda c: not fulfils(json_extract_string(properties, c.path), c))) = 0
  )[1];

-- The value of a setting that an event gives in one of the catalogue's ways.
create or replace macro value_by(way, properties) as
  coalesce(json_extract_string(properties, way.value_path), way.value);
