"""Text that reads like instructions to a machine, found by rule: a second opinion beside the model's own.

A model that obeys an instruction in a transcript may also obey "do not report this". These rules read the
text themselves. They look for what people rarely say in an interview: orders about earlier instructions,
marks of a chat's roles, JSON that could be this program's reply, imitations of its delimiters, orders to give
or withhold codes. They protect nobody by themselves, since any wording can be avoided; a passage they find
goes to a person with a remark, and is coded like any other.

Interviewees speak of instructions, systems, prompts and codes all day. Each rule therefore wants an order and
its object close together, and "you must" alone is none.
"""

from __future__ import annotations

import re
import unicodedata

_GAP = r"[^.!?\n]{0,40}?"
"""Words between an order and its object, within a sentence."""
_EARLIER = (
    r"(?:previous|prior|earlier|preceding|above|foregoing|former|existing|original|initial|system|your)"
)
_ORDERS = (
    r"(?:instruction|direction|directive|guideline|prompt|rule|command|order|programming|training|"
    r"codebook|message|constraint)s?"
)
_MACHINE = (
    r"(?:ai|a\.i\.|language model|llm|chat\s?bot|chat\s?gpt|gpt(?:-?\d\w*)?|claude|gemini|llama|copilot|"
    r"virtual assistant|ai assistant|coding assistant|automated coder|large language model|coding model)"
)
_CODE_WORD = r"(?:code|codes|label|labels|theme|themes|category|categories|tag|tags)"
_ALL = r"(?:all|every|each|any|none|no|only|both|these|those|following|\w{1,3}\d{1,3})"

_RULES: dict[str, tuple[str, ...]] = {
    "override": (
        rf"\b(?:ignore|disregard|forget|override|bypass|overlook|set aside|pay no attention to|"
        rf"do not follow|don't follow|stop following|cancel)\b{_GAP}\b{_EARLIER}\b{_GAP}\b{_ORDERS}\b",
        rf"\b(?:ignore|disregard|override|bypass)\b\s+(?:all|any|every|the|these|those|your)?\s*"
        rf"(?:of\s+)?(?:the\s+|your\s+)?{_ORDERS}\b(?!\s+(?:of|from|in)\s+(?:the|my|our|their)\b)",
        r"\b(?:ignore|disregard|forget)\s+(?:everything|all|anything)\s+(?:that\s+(?:is|was|came|stands)\s+)?"
        r"(?:above|before this|you (?:were|have been) told|so far)\b",
        rf"\b(?:your|the)\s+new\s+(?:{_ORDERS}|task|role|job|goal)\s+(?:is|are)\b{_GAP}"
        rf"\b(?:output|reply|respond|answer|print|return|mark|{_CODE_WORD})\b",
        r"\bnew\s+(?:system\s+)?(?:instructions?|directives?|prompt)\s*:",
        r"\b(?:the|these|following)\s+(?:instructions?|rules?|directives?)\s+(?:replace|supersede|overrule|"
        r"override|take precedence over)\b",
        rf"\byour (?:\w+ )?{_ORDERS} (?:(?:are|is|have been|has been) (?:now )?(?:void|cancelled|"
        rf"canceled|revoked|"
        r"replaced|suspended|lifted|superseded|deleted|null)|no longer (?:apply|hold|count|matter))\b",
        rf"\b(?:the|your) {_ORDERS} (?:above|you (?:were|have been|are) (?:given|told|shown))\b",
        r"\byour (?:system )?prompt (?:says|said|is|was|tells|told|wants)\b",
        r"\b(?:forget|ignore|disregard|skip|bypass)\s+(?:the|your|this)\s+(?:codebook|code book|"
        r"checks|definitions|"
        r"exclusions|schema)\b",
        r"\byou have been (?:re-?programmed|jailbroken|updated to|instructed to|ordered to)\b",
        r"\byour (?:new |only |real )?(?:task|job|role|goal) (?:is now|now is|from now on is)\b",
        r"\b(?:ignore|disregard|forget)\s+(?:what|whatever|anything)\s+(?:the|your|"
        r"those)\s+(?:researcher|coder|"
        r"codebook|developer|creator|author|system|operator)s?\s+(?:say|says|said|told|tell|tells|"
        r"want|wrote)\b",
        r"\b(?:override|bypass|disable|switch off|turn off)\s+(?:the\s+|your\s+|all\s+)?(?:safety|"
        r"safeguards?|"
        r"filters?|guardrails?|restrictions?)\s+(?:and|then|now|to|so)\b",
        r"\b(?:do not|don't|never|must not)\s+(?:flag|report|mention|reveal)\s+(?:this|that this|"
        r"these|the)\s+"
        r"(?:text|passage|message|instructions?|prompt|transcript|note)\b",
    ),
    "role": (
        r"^ ?(?:#{1,4}\s*|\[|<\|?|\*\*)?(?:system|assistant|developer|user|human|ai)"
        r"(?:\]|\|?>|\*\*)?\s*(?:prompt|message|instruction|note)?\s*(?:\]|\*\*)?\s*:\s*\S",
        r"<\|[a-z_]{2,20}\|>",
        r"\[/?(?:inst|sys|system|assistant)\]|<</?sys>>",
        r"</?(?:system|assistant|instructions?|prompt|user_query|tool_call|function_call)\b[^<>\n]{0,40}>",
        r"^ ?#{2,4} ?(?:instructions?|system|response|assistant) ?:? ?$",
        rf"\byou(?:'re| are),? (?:now )?(?:an?|the|my)\s+(?:\w+\s+){{0,2}}{_MACHINE}\b",
        rf"\battention,? (?:the )?(?:{_MACHINE}|model|assistant|annotator|coder)\b",
        r"\byou are no longer (?:an?|the|bound|a second|the second)\b",
        r"\b(?:act as|behave as|respond as|pretend to be|pretend you are|"
        r"roleplay as) (?:if you (?:are|were) )?(?:an?|the) "
        rf"(?:\w+\s+){{0,2}}(?:{_MACHINE}|unrestricted|developer mode|different coder|coder)\b",
        rf"\b(?:attention|note|message|memo|notice|instructions?|reminder)\s+(?:to|for)\s+(?:the\s+|"
        rf"any\s+|all\s+)?"
        rf"(?:\w+\s+)?(?:{_MACHINE}|model|assistant|coder|reader bot|annotator)s?\b",
        rf"\b(?:dear|hey|hello|hi|ok|okay)\s*,?\s+{_MACHINE}\b",
        rf"(?:^|[.!?\n]) ?(?:{_MACHINE}|assistant|model|computer|machine)\s*,\s*(?:please\s+)?"
        r"(?:ignore|mark|code|apply|assign|give|output|answer|reply|respond|return|set|say|do|you|"
        r"add|list|tag)\b",
        rf"\bif you(?:'re| are) (?:an?\s+)?(?:\w+\s+)?(?:{_MACHINE}|model|machine|bot)\b",
        r"\breading this\b[^.!?\n]{0,20}\b(?:is|are|as) an? (?:computer|program|machine|bot|model|"
        r"algorithm)\b",
        rf"\bas an? {_MACHINE},? (?:you|your|i must|it is your)\b",
        r"\b(?:begin|start|end)(?: of)? (?:system|assistant|developer|hidden) (?:message|prompt|"
        r"instructions?)\b",
        r"\b(?:the|any|your) (?:classifier|coding model|automated coder|coding software)\b[^.!?\n]{0,30}\b"
        r"(?:should|must|shall|has to|is to)\b",
        rf"\b(?:as|being) (?:an? |the )(?:{_MACHINE})\s+(?:reading|processing|coding|analysing|analyzing)\b",
    ),
    "reply": (
        r"[\"'“”]\s*(?:decision|instruction_like|uncoded|exclusion_checked|verdict|evidence|"
        r"codes)\s*[\"'“”]\s*:",
        r"\{\s*[\"'“”][\w ]{1,30}[\"'“”]\s*:\s*(?:[\"'“”{\[]|true\b|false\b|null\b|\d)",
        r"```(?:json)?",
        r"\binstruction[_-]like\b|\bexclusion_checked\b",
        r"\bdecision\s{0,2}[:=]\s{0,2}[\"'“]?(?:yes|no|borderline)\b|"
        r"\bconfidence\s{0,2}[:=]\s{0,2}(?:1|0)(?:\.\d)?\b",
        r"\b(?:translate|convert|format|turn|put|write|rewrite)\b[^.!?\n]{0,30}\b(?:in|into|as|to) json\b",
    ),
    "delimiter": (
        r"<<\s*[0-9a-f]{6,32}\s*>>",
        r"</?(?:passage|transcript|target|context|data|document|codebook|interview|input|output)\s?/?>",
        r"<<\s{0,3}(?:mark|end|target|context|proposal|example)\b[^\n>]{0,30}>>+",
        r"^ ?(?:[=#*_-]{3,}|<{2,}|\[)\s*(?:begin|start|end)(?:\s+of)?\s+(?:the\s+)?(?:transcript|passage|"
        r"target|context|data|input|document|prompt|text|codebook|interview)\b",
        r"\bend of (?:the )?(?:transcript|passage|target|data|input|document|prompt|context|"
        r"text)\b\s*[.:\])]*\s*"
        r"(?:now|next|new|instructions?|answer|output|begin|the task)\b",
        r"^ ?(?:target|context (?:before|after)|proposal|your claim|"
        r"headings above)(?:, never evidence)?\s*(?:\n|$)",
    ),
    "codes": (
        rf"(?:^ ?|[.!?:;,\n\"'] ?|\b(?:please|must|should|shall|and|then|now|to|always|just|simply)\s+)"
        rf"(?:mark|apply|assign|output|return|print|emit|tag|select|tick|set|report|add|pick|"
        rf"choose|list|approve|name)\s+"
        rf"(?:this\s+(?:passage|text|segment|transcript)\s+(?:as|"
        rf"with)\s+)?(?:{_ALL}\s+)(?:of\s+)?(?:the\s+|these\s+)?"
        rf"(?:\w+\s+){{0,2}}?{_CODE_WORD}\b",
        r"\b(?:code|mark|tag|label|rate|classify|annotate)\s+(?:this|the|every|each|all)\s+(?:\w+\s+){0,2}?"
        r"(?:passage|segment|transcript|excerpt|turn|interview|text|sentence)s?\s+(?:as|with|under|yes|no)\b",
        rf"\b{_ALL}\s+(?:of\s+the\s+)?{_CODE_WORD}\s+(?:must|should|shall|need to|are to|have to|"
        rf"is to)\s+be\s+"
        r"(?:set|marked|applied|assigned|given|coded|answered|yes|no|true|returned)\b",
        rf"\b(?:set|mark|answer|change|put|give)\b{_GAP}\b(?:decision|confidence|{_CODE_WORD})s?\b\s*"
        r"(?:field\s*)?(?:to|as|=|:)\s*[\"'“”]?(?:yes|no|true|false|borderline|1(?:\.0)?|0(?:\.\d)?|100)\b",
        r"\b(?:answer|reply|respond|output|decide)\s+(?:only\s+|always\s+|just\s+|with\s+)*"
        r"[\"'“”]?(?:yes|no|borderline|keep)[\"'“”]?\s+(?:to|for)\s+(?:all|every|each|any)\b",
        rf"\b(?:do not|don't|never|must not)\s+(?:apply|assign|output|report|give|use|"
        rf"return)\s+(?:any|a|the)\s+"
        rf"{_CODE_WORD}\b{_GAP}(?:passage|text|transcript|reply|answer|output)?",
        r"\b(?:output|return|reply with|respond with|print|emit|answer with)\s+(?:only\s+|just\s+|"
        r"exactly\s+)*"
        r"(?:the\s+(?:following|words?|text|string|json|system prompt)|valid\s+json|a?\s*json|"
        r"your\s+(?:prompt|"
        r"instructions|system))\b",
        r"\b(?:reveal|repeat|show|disclose|leak)\s+(?:me\s+)?(?:your|the)\s+(?:system\s+prompt|"
        r"prompt|hidden\s+"
        r"instructions?|codebook you were given)\b",
        r"\b(?:apply|assign|use|give|set|return|output|add|report|mark|tag|choose|"
        r"label)\b[^.!?\n]{0,30}\bcodes?\s+"
        r"[a-z]{1,3}\d{1,3}\b",
        r"\b(?:return|output|answer|reply|respond|mark|set|put|choose)\s+(?:a\s+)?[\"'“]?(?:yes|"
        r"no|borderline)"
        r"[\"'”]?\s+(?:for|to|on|under)\s+(?:code\s+)?(?:[a-z]{1,3}\d{1,3}\b|(?:all|every|"
        r"each)\b(?: of)?(?: the)?"
        r"\s+(?:code|label|theme|question|definition|categor|tag)|everything\b)",
        r"\b(?:passage|segment|excerpt|transcript|text|interview|turn)\s+(?:should|must|shall|"
        r"has to|needs to|is to)"
        r"\s+be\s+(?:coded|labelled|labeled|tagged|marked|classified|rated|annotated)\b",
        rf"\b(?:must|should|shall|have to|has to)\s+(?:return|choose|output|give|select|pick|"
        rf"assign)\s+(?:the|a|this)"
        rf"\s+{_CODE_WORD}\b",
        r"\b(?:accept|approve|give|choose|use|return|apply|pick|tag|mark|output|assign|set|label|"
        r"say (?:yes|no) to)"
        r"\b[^.!?\n]{0,25}\b(?:all|every|each|any|no|only|first|own|positive|negative|"
        r"empty list of)\s+(?:of\s+)?"
        r"(?:the\s+)?codes?\b(?!\s+of\b)",
        r"\b(?:this|my|the)\s+(?:whole\s+|entire\s+)?(?:transcript|interview|passage|"
        r"text)\b[^.!?\n]{0,30}\b(?:be|as)\s+"
        r"(?:labelled|labeled|coded|tagged|annotated)\s+as\b",
        rf"\bread by (?:an? )?(?:{_MACHINE}|machine|computer|program|algorithm|model)\b",
    ),
}
_COMPILED = {
    name: tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)
    for name, patterns in _RULES.items()
}
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "＂": '"', "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": ""}
)
_NEEDS = {
    "override": ("instruct", "direct", "guideline", "prompt", "rule", "command", "order", "program",
                 "training", "code", "coding", "message", "constraint", "everything", "anything",
                 "above", "told", "task", "role", "goal", "safe", "filter", "guard", "restrict",
                 "checks", "definition", "exclusion",
                 "schema", "jailbr", "report", "text", "passage", "transcript", "note", "researcher",
                 "developer", "creator", "author", "system", "operator"),
    "codes": ("code", "label", "theme", "categor", "tag", "yes", "borderline", "json", "prompt", "instruct",
              "decision", "confidence", "passage", "segment", "transcript", "following", "word", "annotat"),
}  # fmt: skip
"""The costly rules find nothing in a text without one of these."""
_SPACE = re.compile(r"[^\S\n]+")


def instructions_in(text: str) -> tuple[str, ...]:
    """The rules that find something, of `override`, `role`, `reply`, `delimiter` and `codes`; () for none."""
    folded = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).translate(_QUOTES)).lower()
    return tuple(
        name
        for name, patterns in _COMPILED.items()
        if any(word in folded for word in _NEEDS.get(name, ("",)))
        and any(pattern.search(folded) for pattern in patterns)
    )
