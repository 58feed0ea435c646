-- Takes every sample of what was refused that holds a word, or came by an address with it, out of the quarantine.
-- in: word text (an id or an e-mail address)
-- in: quoted text (the word as addresses write it)
-- out: nothing
delete from quarantine
where instr(payload, $word) > 0 or instr(payload, $quoted) > 0 or instr(detail, $word) > 0
  or instr(way, $word) > 0 or instr(way, $quoted) > 0
