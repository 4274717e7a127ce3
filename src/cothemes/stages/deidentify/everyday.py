"""Words that name people or places and are everyday words too: replaced only where they are surely a name.

English, since the shipped rules are for English transcripts. A name that is not here is replaced wherever it
stands, which is the safer mistake.
"""

from __future__ import annotations

_NAMES = """
    abbey amber angel april art ash august autumn baker banks barber barker bath bay bean bear beck
    bell best bill birch bird bishop black blue bob bond booth bowls boy brand bread bridge bridges
    bright brook brooks brown buck bull burn burns bush butcher butler camp cannon care carpenter
    carter carver case cash chambers chance chancellor chapel chapman charity chase child chips
    christian church clay cliff close coast cole coleman collier constant cook cooper corn cotton
    cox craft crane crisp cross crystal current daisy dale darling dawn day deal dean dear dell dick
    dicks din divine dock drake drew driver drum duff duke dukes dunn dusty dyer earl early east
    easter eve ever faith fall farmer fern field fields finch fish fisher fletcher flint flood
    flower flowers foot ford forest forward foster fox frame frank freeman friend frost fuller gale
    garden gardener gates gay gene gentle gill glass gold golden good goodman grace grant grave
    graves gray green grey grove guest guild gun gunn guy hale hall ham hand hands handy harp hart
    haste hastings haven hawk hawkins hay hazel head heart heath heather herring hill hills holiday
    hollow holly holmes honey hood hook hope horn house hunt hunter hurst ice iris iron ivory ivy
    jack jade jasmine jay jet jewel jo john joy judge june just justice kay keen keeper kettle key
    keys kid kidd king kitchen kite knight lace lake lamb land lane large lark last laurel law
    lawless lawn laws lay lea leaf lee leek lent lily lime lines link lion list little lock lofty
    long lord love lover loving low lowe luck lucky mace major man mann march mark marks marsh
    marshal marshall martin mason may mayor meadow means mercer merry mild miles mill miller mills
    mint miss mist mole money monk moon moore more moss mount mountain mustard nail nation new
    newman newton nice nick nickel nicks noble noon north oak oakes ocean old olive orange own page
    paige painter palm parish park parks parson parsons pat patience patient peace peach pearl peel
    penny pepper perks person pet pike pit pitt plant platt pleasant pole pond pool poor pope poppy
    porter post pot potter potts pound powell power powers pray precious price pride priest prince
    print prior proud provost punch quick quill rain rank raven ray read reader reading reads ready
    reason red reed reeves rich richer ridge ring rivers road rob robin rock rod room rose rosemary
    rough round rowan royal ruby rugby rule rush sadler sage sail sale salt sand sandwich sandy
    savage scholar scot scott sea seal see self sell seller sellers senior sergeant service sharp
    shaw shepherd sheriff shields shine shoe shore short signs silk silver simple singer sixsmith
    skinner sky slack slate slaughter sleep small smart smith snow son south spark sparks sparrow
    speaker speed spence spring staff star stark steel stern steward stewart still stock stocks
    stone storm story stout strange stream street strong sue summer summers sun sunny swallow swan
    swann sweet swift sykes tailor tall tanner tate taylor teller temple terry thistle thorn thread
    tiger tinker tiny todd toll tow tower town townsend trader trainer travel travers treasure tree
    trinity trip true trust tuck tucker turner tweed twist tyler usher vale valley van vicar victor
    victory view vine viola violet virgin wade wait walker wall walls war ward warden ware warm
    warner watch water waters watt way weaver webb weekes weeks welcome wells west whale wheat wheel
    wheeler whistle white whiting wick wilde will willow wills wind window winner winter winters
    wise wit witt wolf wonder wood wooden woods wool word work world worth worthy wren wright yard
    yeoman york young
"""
_SHORT = """
    a ah al am an and any are as at be big but by can did do eh er ex for go had has he her hi him
    his how i if in is it its la le let lo ma me mi mo mum my no nor not now of off oh ok on one or
    our out pa per re say see set she so some tell ten that the then they this to too two uh um up
    us was we well were who why with ye yes yet you
"""

EVERYDAY = frozenset(_NAMES.split()) | frozenset(_SHORT.split())
"""Folded words."""
