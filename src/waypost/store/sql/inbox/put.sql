-- Keeps where one chunk of events lies.
-- in: n integer (events in the chunk, > 0)
-- in: file text
-- in: start integer (bytes)
-- in: length integer (bytes, > 0)
-- out: nothing
insert into chunks (n, file, start, length) values ($n, $file, $start, $length)
