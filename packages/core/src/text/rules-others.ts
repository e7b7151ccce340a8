/** Letters of other languages as classes of sound, as far as lips tell them apart. */

export const GERMAN_RULES = `
^(?:st)(?=[a-zäöü]) SH T;(?<=^(?:ge|be|ver|zer|er|ent|an|auf|aus|vor|ein|um|zu))st(?=[aeiouäöür]) SH T;^sp SH P;(?<=^(?:ge|be|ver|zer|er|ent|an|auf|aus|vor|ein|um|zu))sp SH P
tsch SH;schst SH S T;sch SH;chs K S;ch(?<=[aou]ch) K;ch(?<=^ch)(?=[aourl]) K;ch SH;ck K;dt T;tion$ T S IY AO N;tionen$ T S IY AO N AH N;tz T S;th T;ph F;pf P F;qu K F
ng(?=[aeiouäöü][^nr]) K K;ng K;nk K K;ß S;ss S;z T S;x K S;v(?=[aiou][bdlnrst]*[aeio]) F;v F;w F;j Y;y(?=[aeiou]) Y;y OE
eau AO;äu AO IH;eu AO IH;ei AA IH;ai AA IH;ay AA IH;ey AA IH;au AA UH;ieh IY;ie IY;aa AA;ah(?![aeiouäöü]) AA;ee EH;eh(?![aeiouäöü]) EH;ih(?![aeiouäöü]) IY;oo AO;oh(?![aeiouäöü]) AO;uh(?![aeiouäöü]) UW;äh(?![aeiou]) EH;öh(?![aeiou]) OE;üh(?![aeiou]) OE
ig$ IH SH;(?<=[a-zäöü]ß)e$ AH;er$ AH;ern$ AH N;ers$ AH S;ert$ AH T;(?<=[a-zäöü]{2})en$ AH N;(?<=[a-zäöü]{2})em$ AH M;(?<=[a-zäöü]{2})el$ AH L;(?<=[a-zäöü]{2})e$ AH;(?<=[a-zäöü]{2})es$ AH S;(?<=[a-zäöü]{2})et$ AH T;^ge(?=[bdfgklmnprtvwz]|s(?=ch|[aeiouäöüp])|h[aeiouäöü]) K AH;^be(?=[dfgklmnprstvwz]) P AH;^ver F EH AH;^er EH AH
(?<=[aeiouäöü])r(?=$|[bdfgklmnpstvwz]) AH
ä EH;ö OE;ü OE;a AA;e EH;i(?=[^aeiou]$|[bdfgklmnprstz]{2}) IH;i(?=n$|ch$|st$|m$) IH;i IH;o AO;u(?=[bdfgklmnprst]{2}|m$|nd$|ng) UH;u UW
pp P;bb P;tt T;dd T;ff F;ll L;mm M;nn N;rr R;gg K;kk K;(?<=[aeiouäöü])h(?![aeiouäöü]) ;(?<=[aeiouäöü])h(?=e[nrst]?$) ;(?<=r)h ;h H;c(?=[eiä]) T S;c K;p P;b P;m M;f F;t T;d T;n N;l L;s S;g K;k K;r R
é EH;è EH;ê EH;à AA;ç S`;

/** French spelling to sounds. */
export const FRENCH_RULES = `
^et$ EH;^est$ EH;^les$ L EH;^des$ T EH;^mes$ M EH;^tes$ T EH;^ses$ S EH;^ces$ S EH;^eu$ OE;^femme F AA M;^monsieur M OE S Y OE;^un$ AH;^le$ L OE;^de$ T OE;^que$ K OE;^je$ SH OE;^me$ M OE;^te$ T OE;^se$ S OE;^ne$ N OE;^ce$ S OE;^il$ IY L;^ils$ IY L;^elles?$ EH L;^avec$ AA F EH K;^oui$ W IY;^œil OE Y;^yeux Y OE;^ils$ IY L;^sept$ S EH T;^huit$ W IY T;^six$ S IY S;^dix$ T IY S;^neuf$ N OE F;^cinq$ S AH K;^fils$ F IY S;^tous$ T UW;^plus$ P L OE
(?<=[a-zéèê]{2})ent$(?<=(?:ai|oi|ss|[rlvsgtdpb]|qu|ch)ent)(?<!m[ea]nt|dent|vent|gent|lent|sent|tent|rent) ;(?<=[a-zéèê]{2})aient$ EH;oient$ W AA
eaux? AO;aux?$ AO;au AO;œu OE;oeu OE;eu OE;eû OE;oûs? UW;oux?$ UW;ou(?=[aeiéè]) W;ouill UW Y;ou UW;où UW;oin(?![aeiouén]) W AH;oî W AA;oy(?=[aeéè]) W AA Y;oi[estx]*$ W AA;oi W AA;ain(?![aeiouéèn]) AH;aim(?=[pb]|$) AH;ein(?![aeiouéèn]) AH;ien(?=$|s$|t$|d) Y AH;(?<=i)en$ AH
aill AA Y;ail$ AA Y;eill EH Y;eil$ EH Y;euill OE Y;euil OE Y;(?<=[bcdfgjlmnpqrstvz]u?)ille IY Y;ill(?=[aeoé]) IY Y;ai[estx]*$ EH;ai EH;aî EH;ay(?=[aeéo]) EH Y;ei EH
an(?![aeiouéèêyn]) AA;am(?=[pb]) AA;en(?![aeiouéèêyn]) AA;em(?=[pbm]) AA;in(?![aeiouéèêyhn]) AH;im(?=[pb]) AH;yn(?![aeiou]) AH;ym(?=[pb]) AH;un(?=$|[bcdfgpqst]) AH;um(?=[pb]|$) AH;on(?![aeiouéèêynh]) AO;om(?=[pb]|$) AO;on(?=s$) AO
tion(?=s?$) S Y AO;ch SH;ph F;th T;gn N Y;gu(?=[eéèiy]) K;ge(?=[aouâ]) SH;g(?=[eéèêiy]) SH;gg K;g K;qu K;q K;ç S;cc(?=[eéi]) K S;sc(?=[eéiy]) S;c(?=[eéèêiy]) S;cc K;c$ K;c K;j SH;ss S
(?<=[aeéiou])x$ ;x K S;(?<=[a-zéèêâîôû])es$ ;(?<=[a-zéèêâîôû])e$ ;(?<=[a-zéèêâ])er$ EH;(?<=[a-zéèêâ])ers$ EH;ez$ EH;et$ EH;ets$ EH;er(?=[bcdfglmnpstv]) EH R;e(?=[bcdfglmnprstz]{2}) EH;e(?=[lcfr]$) EH;é EH;è EH;ê EH;ë EH;(?<=[aeiou][bcdfglmnprstv])e(?=[bcdfglmnprstv][aeiouéè]) ;e OE
(?<=[a-zéèêâîôû])[tdspxz]+$ ;(?<=[rn])[tdc]$ ;(?<=n)g$
u(?=[iî]) W;u OE;û OE;ü OE;i(?=[aeoéèœ]) Y;y(?=[aeo]) Y;i IY;î IY;ï IY;y IY;o AO;ô AO;ö AO;a AA;à AA;â AA
pp P;bb P;tt T;dd T;ff F;ll L;mm M;nn N;rr R;h ;p P;b P;m M;f F;v F;w W;t T;d T;n N;l L;s S;z S;k K;r R`;

/** Spanish spelling to sounds. */
export const SPANISH_RULES = `
^y$ IY;ch SH;ll Y;rr R;qu(?=[eiéí]) K;gu(?=[eiéí]) K;gü(?=[eiéí]) K W;gu(?=[aoáó]) K W;g(?=[eiéí]) K;j K;ñ N Y;cc K S;c(?=[eiéí]) S;z S;v P;b P;x K S;h ;hu(?=[eéa]) W
y$ IY;y Y;i(?=[aeouáéóú]) Y;u(?=[aeioáéíó]) W;(?<=[aeoáéó])i(?![a-z]?́) IH;(?<=[aeoáéó])u UH;n(?=[gkcjq]) K;nv M P
a AA;á AA;e EH;é EH;i IY;í IY;o AO;ó AO;u UW;ú UW;ü W;p P;m M;f F;t T;d T;n N;l L;s S;k K;c K;g K;r R;w W`;

/** Italian spelling to sounds. */
export const ITALIAN_RULES = `
^è$ EH;^ha H AA;^ho$ AO;gli(?=[aeouàèò]) Y;gli Y IY;gn N Y;sci(?=[aeouàèò]) SH;sc(?=[eiìè]) SH;cci(?=[aeouàò]) SH;ci(?=[aeouàò]) SH;cc(?=[eièì]) SH;c(?=[eièìé]) SH;ch K;cch K;cqu K W;ggi(?=[aeouàò]) SH;gi(?=[aeouàò]) SH;gg(?=[eièì]) SH;g(?=[eièìé]) SH;gh K;ggh K;qu K W;gu(?=[aeio]) K W;zz T S;z T S;v F;vv F;h
i(?=[aeouàèòù]) Y;u(?=[aeoàèòi]) W;n(?=[cgqk](?![iecg])) K;a AA;à AA;e EH;è EH;é EH;i IY;ì IY;o AO;ò AO;u UW;ù UW
pp P;bb P;tt T;dd T;ff F;ll L;mm M;nn N;rr R;ss S;cc K;gg K;p P;b P;m M;f F;t T;d T;n N;l L;s S;c K;g K;k K;r R;j Y;w W;x K S;y IY`;

/** Portuguese spelling to sounds. */
export const PORTUGUESE_RULES = `
^e$ IY;^o$ UW;^os$ UW S;^de$ T IY;^que$ K IY;ção S AA UH;ções S AO IH S;ões AO IH S;ãos? AA UH;ães AA IH S;ãe AA IH;ã AA;õ AO;nh N Y;lh L Y;ch SH;rr R;ss S;sç S;sc(?=[eiéí]) S;ç S;c(?=[eiéíê]) S;qu(?=[eiéíê]) K;qu K W;gu(?=[eiéíê]) K;gu(?=[aá]) K W;g(?=[eiéíê]) SH;j SH;x(?<=^x|en?x) SH;x SH;z S;v F;h
am$ AA UH;em$ EH IH;ens$ EH IH S;im$ IY;om$ AO;um$ UW;uns$ UW S;[mn](?=[bcdfgpqtvz]) ;ou AO;ei EH IH;ai AA IH;au AA UH;eu EH UH;oi AO IH;ui UW IH;iu IY UH;l(?=$|[bcdfgmnpstvz]) UH;e$ IY;es$ IY S;os$ UW S;o$ UW;i(?=[aeoáéó]) Y
á AA;â AA;à AA;a AA;é EH;ê EH;e EH;í IY;i IY;ó AO;ô AO;o AO;ú UW;ü W;u UW;p P;b P;m M;f F;t T;d T;n N;l L;s S;k K;c K;g K;r R;w W;y IY`;

/** Dutch spelling to sounds. */
export const DUTCH_RULES = `
^een$ AH N;^het$ AH T;^de$ T AH;^ik$ IH K;lijk L AH K;isch$ IY S;sch(?=[a-z]) S K;sch$ S;tie$ T S IY;ties$ T S IY S;ch K;ng(?![aeiou]) K;ng K;nk K K;th T;ph F;sj SH;tj SH;j Y;w F;v F;qu K W;x K S;z S;c(?=[eiy]) S;c K
aai AA IH;ooi AO IH;oei UW IH;eeuw EH UH;ieuw IY UH;ij EH IH;ei EH IH;ui AH OE;uw$ OE UH;ouw AA UH;auw AA UH;ou AA UH;au AA UH;oe UW;eu OE;ie IY;aa AA;ee EH;oo AO;uu OE
(?<=[a-z]{2})en$ AH;(?<=[a-z]{2})er$ AH R;(?<=[a-z]{2})el$ AH L;(?<=[a-z]{2})e$ AH;^ge(?=[bdfgklmnprstvwz]) K AH;^be(?=[dfgklmnprstvwz]) P AH;^ver F ER;(?<=[a-z]{2})ig$ AH K;a AA;ë EH;é EH;è EH;e EH;ï IY;i(?=[aeou]) Y;i IH;o AO;u(?=[bdfgklmnprst]{2}|[bdfgklmnprst]$) AH;u OE;y IY
pp P;bb P;tt T;dd T;ff F;ll L;mm M;nn N;rr R;ss S;kk K;gg K;p P;b P;m M;f F;t T;d T;n N;l L;s S;g K;k K;r R;h H`;

/** Polish spelling to sounds. */
export const POLISH_RULES = `
szcz SH SH;sz SH;cz SH;rz SH;dż SH;dź SH;dzi(?=[aeouóąę]) SH;dzi SH IY;dz S;ch K;ci(?=[aeouóąę]) SH;ci SH IY;si(?=[aeouóąę]) SH;si SH IY;zi(?=[aeouóąę]) SH;zi SH IY;ni(?=[aeouóąę]) N Y;ń N Y;ć SH;ś SH;ź SH;ż SH;ł W;w F;c T S;h K;j Y;q K;v F;x K S
ą(?=[pb]) AO M;ą AO N;ę$ EH;ę(?=[pb]) EH M;ę EH N;ó UW;i(?=[aeouóąę]) Y;n(?=[kg]) K;a AA;e EH;i IY;o AO;u UW;y IH;p P;b P;m M;f F;t T;d T;n N;l L;s S;z S;g K;k K;r R`;

/** Russian spelling to sounds. */
export const RUSSIAN_RULES = `
^что SH T AO;тся$ T S AA;ться$ T S AA;его$ IY F AO;ого$ AO F AO;тч SH;сч SH;щ SH;ш SH;ч SH;ж SH;ц T S;х K;й(?=[ёюяе]) ;й Y;ь(?=[еёюя]) ;ъ(?=[еёюя]) ;ь ;ъ
^е Y EH;(?<=[аеёиоуыэюяьъй])е Y EH;^ё Y AO;(?<=[аеёиоуыэюяьъй])ё Y AO;^ю Y UW;(?<=[аеёиоуыэюяьъй])ю Y UW;^я Y AA;(?<=[аеёиоуыэюяьъй])я Y AA
а AA;е EH;ё AO;и IY;о AO;у UW;ы IH;э EH;ю UW;я AA;п P;б P;м M;ф F;в F;т T;д T;н N;л L;с S;з S;г K;к K;р R`;

/** Hanyu Pinyin with tone marks or digits, syllables apart or together. */
export const PINYIN_RULES = `
[1-5'] ;zh SH;ch SH;sh SH;r(?=[aeiou]) R;j SH;q SH;x SH;z T S;c T S;s S;y(?=u) ;y(?=i) ;w(?=u)
(?<=[zcs]h|r)i IH;(?<=[zcs])i IH;(?<=[jqxy])uan OE EH N;(?<=[jqxy])ue OE EH;(?<=[jqxy])un OE N;(?<=[jqxy])u OE;üe OE EH;ü OE;v OE
iang Y AA K;uang W AA K;iong Y UH K;ang AA K;eng AH K;ing IY K;ong UH K;ian Y EH N;iao Y AA UH;uai W AA IH;uan W AA N;iu Y AO UH;ui W EH IH;un W AH N;uo W AO;ua W AA;ia Y AA;ie Y EH;ai AA IH;ei EH IH;ao AA UH;ou AO UH;an AA N;en AH N;in IY N;er AA R
a AA;o AO;e AH;i IY;u UW;b P;p P;m M;f F;d T;t T;n(?=g$) K;n N;l L;g K;k K;h H;w W;y Y;r R`;

/** Kana in Latin letters as `kana.ts` writes them. */
export const JAPANESE_RULES = `
ch SH;sh SH;ts T S;j SH;f F;y Y;w W;n(?=[pbm]) M;n(?=[kg]) K;a AA;i IY;u UH;e EH;o AO;k K;g K;s S;z S;t T;d T;n N;h H;b P;p P;m M;r R`;

/** Hangul in the Latin letters of `hangul.ts`. */
export const KOREAN_RULES = `
ng K;ch SH;j SH;ss S;kk K;tt T;pp P;eo AO;eu UH;ae EH;oe W EH;wi W IY;ui IY;k K;g K;n N;d T;t T;r R;l L;m M;b P;p P;s S;h H;y Y;w W;a AA;e EH;i IY;o AO;u UW`;
