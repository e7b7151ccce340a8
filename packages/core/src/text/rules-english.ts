/** English for words that the dictionary lacks; without a dictionary, for all. */
export const ENGLISH_RULES = `
^x S;^kn N;^gn N;^ps S;^pn N;^wr R;^wh(?=o(?!r)) H;^mc M AH K;^the$ TH AH;^of$ AH F;^to$ T UW;^do$ T UW;^one W AH N;^once W AH N S
^two T UW;^you Y UW;^are$ AA R;^was$ W AH S;^is$ IH S;^his$ H IH S;^a$ AH;^i$ AA IH;^i(?=') AA IH;^have$ H AE F;^said$ S EH T
^they TH EH IH;^their$ TH EH R;^there TH EH R;^were$ W ER;^who H UW;^some S AH M;^come K AH M;^what$ W AH T;^your Y AO R
^give K IH F;^live L IH F;^does$ T AH S;^any EH N IY;^many M EH N IY;^people P IY P AH L;^because P IH K AO S;^eye AA IH
^water W AO T ER;^woman W UH M AH N;^women W IH M AH N;^only AO UH N L IY;^very F EH R IY;^don't T AO UH N T;^hour AA UH ER
^hones AA N AH S;^heir EH R;^busi P IH S;^friend F R EH N T;^heart H AA R T;^great K R EH IH T;^break P R EH IH K
tion SH AH N;sion SH AH N;cious SH AH S;tious SH AH S;cial SH AH L;tial SH AH L;cian SH AH N;tient SH AH N T;cient SH AH N T
(?<=[a-z])ture SH ER;(?<=[a-z])sure SH ER;ssion SH AH N;eous IY AH S;ious IY AH S;ous$ AH S;ously AH S L IY
(?<=[a-z]{2})ical IH K AH L;(?<=[a-z]{2})age$ IH SH;(?<=[a-z]{2})ages$ IH SH IH S;(?<=[a-z])ism$ IH S AH M
(?<=[a-z]{2})able AH P AH L;(?<=[a-z]{2})ible AH P AH L;(?<=[a-z])ment$ M AH N T;(?<=[a-z])less$ L AH S;(?<=[a-z])ness$ N AH S
(?<=[bcdfgkptz])le$ AH L;(?<=[bcdfgkptz])les$ AH L S;(?<=[bcdfgkptz])led$ AH L T
ough(?=t) AO;ought AO T;though TH AO UH;through TH R UW;enough IH N AH F;rough R AH F;tough T AH F;cough K AO F;ough AO UH
augh(?=t) AO;laugh L AE F;aught AO T;eigh EH IH;igh AA IH;gh(?=[aeiou]) K;gh
tch SH;sch S K;(?<=^|[aeiou])ch(?=r|l|[aeiou]m) K;ch SH;sh SH;ph F;th TH;ck K;cqu K W;cc(?=[iey]) K S;cc K;sc(?=[iey]) S;c(?=[iey]) S;c K
dge SH;dg(?=[iy]) SH;gg K;ng(?=$|s$|[bcdfhjkmnpqtvwxz]) K;ng(?=[ei]) N SH;ng K K;n(?=[kx]|qu) K;nk K K;gn$ N;gn(?=s$|ed$|ing$|ment) N
g(?=e$|es$|ed$|y|i[aouc]|ent|en[ei]|em|er[my]|est) SH;ge(?=[aou]) SH;gu(?=[eiy]) K;g K
mb$ M;mb(?=s$|ed$|ing$|er$) M;mn$ M;bt$ T;(?<=[aeiou])lk$ K;(?<=a)lm M;(?<=[ao])lf F;ould UH T
pp P;bb P;tt T;dd T;ff F;ll L;mm M;nn N;rr R;ss S;zz S;vv F
qu K W;q K;x K S;j SH;v F;w(?=r) ;wh W
(?<=[aeiou][bcdfglmnprstvz]?)ed$(?<![td]ed) T;(?<=[td])ed$ IH T;(?<=[bcfgjklmnpqrsvxz]|sh|ch)ed$ T
(?<=[aeiou])s(?=[aeiou]) S;(?<=s|z|sh|ch|x|c|g)es$ IH S;es$ S;e's$ S
ay EH IH;ai(?=r) EH;ai EH IH;au AO;aw AO;air EH R;are$ EH R;ares$ EH R S;ar(?=[aeiouy]) EH R;ar AA R
al(?=[kl]) AO;al(?=[dt]) AO L;a(?=[bcdfgklmnpstvz]e$|[bcdfgklmnpstvz]es$|[bcdfgklmnpstvz]ed$|[bcdfgklmnpstvz]ing|ste$|nge|ti[on]|bl[eiy]) EH IH;wa(?=[nstd]) W AA;wa W AO;^a(?=[bcdfglmnprst]{1}[aeiou]) AH;a$ AH;(?<=[a-z]{2})al$ AH L;(?<=[a-z]{2})ally AH L IY;(?<=[a-z]{3})a(?=n$|nt$|nce$|r[dy]?$) AH;a AE
eau AO UH;ear(?=[nlt]h?) ER;ear IH R;eer IH R;ee IY;ea(?=d$|lth|th|sure|ther) EH;ea IY;ei(?=v|ling) IY;ei EH IH;eu Y UW;ew(?=s|$|er) Y UW;ew Y UW
ere$ IH R;er(?=[aeiouy]) EH R;er ER;ey$ IY;ey EH IH;e(?=[bcdfgklmnpstvz]e$) IY;^e$ IY;(?<=^[bhmsw])e$ IY;e$ ;(?<=[a-z]{2})e(?=ly$|less|ness|ment|ful) ;(?<=[a-z]{3})e(?=nt$|n$|l$|nce$|ns$|ls$|nts$) AH;^e(?=[bcdfglmnprstv][aeiou]) IH;^re(?=[a-z]{3}) R IH;e EH
ie$ IY;ies$ IY S;ied$ IY T;ie(?=[fvldcn]) IY;ia IY AH;io IY AO UH;iu IY AH;ir(?=[aeiouy]) AA IH R;ir ER;ind$ AA IH N T;ild$ AA IH L T;i(?=[bcdfgklmnpstvz]e$|[bcdfgklmnpstvz]es$|[bcdfgklmnpstvz]ed$|[bcdfglmnpstvz]ing) AA IH;i(?=gn$) AA IH;^bi(?=[a-z]{4}) P AA IH;i$ IY;i IH
oa AO UH;oi AO IH;oy AO IH;oor AO R;oo(?=[kd]$|k[sie]) UH;oo UW;our AO R;ouble AH P AH L;ou(?=[pld]) UW;ou AA UH;ow(?=n$|[dl]) AA UH;ow$ AO UH;ows$ AO UH S;ow AA UH;oe$ AO UH;oes$ AO UH S;or(?=[aeiouy]) AO R;(?<=w)or ER;(?<=[a-z]{3})or$ ER;or AO R;old AO UH L T;ost$ AO UH S T;oll AO UH L;o(?=[bcdfgklmnpstvz]e$|[bcdfgklmnpstvz]es$|[bcdfgklmnpstvz]ed$|[bcdfgklmnpstvz]ing) AO UH;(?<=[a-z]{2})on$ AH N;(?<=[a-z]{2})om$ AH M;o(?=ther|ven|ney|nth) AH;o$ AO UH;o(?=[bcdfglmnprstv][iu]) AO UH;o AA
ur(?=[aeiouy]) Y UH R;ur ER;uy AA IH;ue$ UW;ui(?=t|s) UW;u(?=[bcdfgklmnpstvz]e$|[bcdfgklmnpstvz]es$|[bcdfgklmnpstvz]ed$|[bcdfgklmnpstvz]ing|[bcdfgmnptv][aeiou]) Y UW;(?<=[bpf])u(?=ll|sh|t$) UH;u$ UW;^un AH N;(?<=[a-z]{2})um$ AH M;u AH
^y(?=[aeiou]) Y;(?<=[aeiou])y(?=[aeiou]) Y;(?<=^[bcdfghlmnprstw]{1,2})y$ AA IH;y$ IY;y(?=[bcdfgklmnpstvz]e) AA IH;y IH
h(?=[aeiouy]) H;h ;p P;b P;m M;f F;t T;d T;n N;l L;s S;z S;k K;r R;w W`;
