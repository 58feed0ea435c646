-- How far the files of a source were taken in.
-- in: source text
-- out: source text
-- out: file text
-- out: path text
-- out: node text (device:inode)
-- out: reached integer (bytes, unpacked)
-- out: head text (hash of its first bytes)
-- out: head_size integer (bytes)
-- out: ended integer (1 when nothing more can come)
select source, file, path, node, reached, head, head_size, ended from file_positions
where source = $source order by id
