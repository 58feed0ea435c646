-- The day of the first word on any ticket, of the events up to an arrival: from then on, no ticket means no trouble.
-- in: up_to bigint (inclusive)
-- out: first_on date (one row; null when no ticket source has sent anything)
select min(happened_on) as first_on from said where kind = 'ticket' and arrival <= $up_to
