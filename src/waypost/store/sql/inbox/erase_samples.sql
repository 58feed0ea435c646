-- Takes every sample of what was refused that holds a word out of the quarantine.
-- in: word text (an id or an e-mail address)
-- out: nothing
delete from quarantine where instr(payload, $word) > 0 or instr(detail, $word) > 0
