"""Agreement, anchoring, prevalence, stability and the evaluation of coders."""
