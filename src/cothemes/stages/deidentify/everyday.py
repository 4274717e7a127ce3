"""Words that name people or places and are everyday words too: replaced only where they are surely a name.

English, since the shipped rules are for English transcripts. A name that is not here is replaced wherever it
stands, which is the safer mistake.
"""

from __future__ import annotations

_NAMES = """
    abbey amber angel april art ash august autumn baker banks barber barker bath bay bean bear beck
    bell best bill birch bird bishop black blue bob bond booth bowls boy brand bread brook brooks
    brown buck bull burn burns bush butcher butler camp cannon care carpenter carter case cash
    chance chancellor chapel chapman charity chase child chips christian church clay cliff close
    coast cole coleman collier constant cook cooper corn cotton cox craft crane cross crystal
    current daisy dale dawn day deal dean dear dell dick dicks divine dock drake drew driver drum
    duke dusty dyer earl early east easter eve ever faith fall farmer fern field fields finch fish
    fisher flint flood flower flowers foot ford forest foster fox frank freeman friend frost fuller
    gale garden gardener gay gene gold golden good grace grant grave graves gray green grey grove
    guest gun guy hale hall ham hand hands handy harp hart haste hawk hawkins hay hazel head heart
    heath heather herring hill hills holiday holly holmes honey hood hook hope horn house hunt
    hunter ice iris iron ivory ivy jack jade jasmine jay jet jewel jo john joy judge june just
    justice kay keen kid king kitchen kite knight lace lake lamb land lane large lark last laurel
    law lawn laws lay lea leaf lee lily lime lion list little lock long lord love low lowe luck
    lucky mace major man march mark marks marsh marshal marshall martin mason may mayor meadow merry
    mild miles mill miller mills mint miss mist money monk moon moore moss mount mountain nail new
    newman newton nice nick nicks noble noon north oak ocean old olive own page paige painter palm
    park parks parson parsons pat patience patient peace peach pearl penny pepper person pet pike
    pit pitt plant platt pleasant pole pond pool poor pope poppy porter post pot potter potts pound
    power powers pray price pride priest prince print prior provost quick rain raven ray read
    reading reads ready reason red reed reeves rich richer ridge ring rivers road rob robin rock rod
    room rose rosemary rough round rowan royal ruby rugby rule rush sage sail sale salt sand
    sandwich sandy savage scot scott sea seal see self sell sellers senior sergeant sharp shaw
    shepherd shoe shore short silver simple singer skinner sky slack slate sleep small smart smith
    snow son south sparks speaker spence spring star steel steward stewart still stock stone storm
    story strange stream street strong sue summer sun sunny swan sweet swift sykes tailor tall tate
    taylor temple terry thorn thread tiger tiny todd tow tower town townsend trainer tree trinity
    trip true tucker turner tyler vale valley van victor victory vine viola violet virgin wade wait
    walker wall walls war ward ware warm warner watch water waters watt way weaver webb weeks
    welcome wells west wheat wheeler white will willow wills wind window winter wise wit wolf wood
    woods word work world worth wren wright yard york young
"""
_SHORT = """
    a ah al am an and any are as at be big but by can did do eh er ex for go had has he her hi him
    his how i if in is it its la le let lo ma me mi mo mum my no nor not now of off oh ok on one or
    our out pa per re say see set she so some tell ten that the then they this to too two uh um up
    us was we well were who why with ye yes yet you
"""

EVERYDAY = frozenset(_NAMES.split()) | frozenset(_SHORT.split())
"""Folded words."""
