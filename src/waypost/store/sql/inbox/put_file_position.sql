-- Says how far a followed file was taken in.
-- in: source text
-- in: file text (names it for as long as it lives)
-- in: path text (what it was called while it was live)
-- in: node text (device:inode)
-- in: reached integer (bytes, unpacked; every line before it is in)
-- in: head text (hash of its first bytes)
-- in: head_size integer (bytes)
-- in: ended boolean (nothing more can come)
-- out: nothing
insert into file_positions (source, file, path, node, reached, head, head_size, ended)
values ($source, $file, $path, $node, $reached, $head, $head_size, $ended)
on conflict (source, file) do update set
  node = excluded.node, reached = excluded.reached, head = excluded.head, head_size = excluded.head_size,
  ended = excluded.ended
