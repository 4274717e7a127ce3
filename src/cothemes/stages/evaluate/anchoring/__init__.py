"""How far suggestions sway people: what the arms, the reveals and the seeds of a study say of it."""
