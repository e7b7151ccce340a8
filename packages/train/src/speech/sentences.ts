import type { PhoneSet } from './phone-tables.ts';

/** Words of our own, chosen so that every sound of each language stands next to many others. */
const ENGLISH = {
  opening:
    'maybe,please,now,then,perhaps,well,oh,yes,no,but why,today,after lunch,before five,in the morning,by the way,of course,every week,at home,for us,once more'.split(
      ',',
    ),
  determiner: 'the,a,my,your,this,her,his,our,that,one,no,every'.split(','),
  adjective:
    'big,small,blue,purple,soft,smooth,warm,cheap,young,thick,thin,fuzzy,bright,yellow,huge,foolish,happy,marvellous,open,empty,five,eight,wooden,beige,pure,rough,vague,weird,wise,quiet,loud,fresh,brown,moody,funny,sharp,new,old,broad,calm'.split(
      ',',
    ),
  noun: 'boat,mother,pump,beach,fish,voice,thumb,bubble,mirror,window,father,village,measure,garage,jacket,church,zoo,shoe,goose,moon,spoon,book,bush,cookie,food,weather,breath,path,teeth,feather,lamp,palm,problem,map,cab,baby,puppy,farm,dog,coffee,water,hour,house,cow,boy,toy,point,bird,nurse,world,year,chair,theatre,museum,beauty,music,queen,quiz,box,ring,song,finger,language,vision,treasure,yacht,apple,hat,man,key,bee,cheese,cake,day,game,sky,eye,knife,road,phone,home,paper,people,pepper,wave,wolf,woman,wheel'.split(
    ',',
  ),
  verb: 'moves,wants,buys,finds,thinks of,sees,hears,watches,chooses,pushes,pulls,brings,shows,breathes on,keeps,loves,follows,uses,measures,puts away,goes with,jumps over,looks at,believes,washes,hopes for,waves to,opens,calls,paints,remembers,forgets,bumps into,leaves,enjoys,throws,wears,asks about'.split(
    ',',
  ),
  preposition: 'above,before,with,from,near,under,behind,by,for,through,without,among,off,around,between,to,of'.split(
    ',',
  ),
  closing:
    'again,soon,too,in vain,all day,maybe,by bus,very much,at four,with joy,for fun,on Monday,in July,with you and me,if you wish,as usual,above all'.split(
      ',',
    ),
  short:
    'ma,pa,boo,bee,bow,me,moo,my,may,pea,pay,poor,fee,foe,view,vow,we,woo,why,way,you,see,sue,say,shoe,she,show,zoo,thaw,the,thigh,key,car,go,guy,do,day,tea,two,tie,no,knee,low,lee,law,row,raw,her,hi,who,ah,oh,eee,ooo,aw,up,oom,eve,off,arm,app,imp'.split(
      ',',
    ),
};

const FOREIGN: Partial<Record<PhoneSet, string>> = {
  italian:
    'amico,buongiorno,bambino,mamma,papà,pane,vino,fiume,foglia,figlio,gnomo,scuola,pesce,cielo,giardino,zucchero,uva,uomo,donna,musica,tavola,finestra,porta,libro,penna,vapore,bello,grande,piccolo,verde,rosso,bianco,sempre,mai,oggi,domani,ieri,dove,quando,perché,acqua,fuoco,terra,luna,sole,mare,monte,bosco,lupo,gatto,cane,topo,uccello,volpe,zio,pizza,gelato,formaggio,bottiglia,ombrello,parla,mangia,beve,corre,vede,apre,chiude,porta,prende,ama,vive,scrive,legge,canta,balla',
  catalan:
    'bon,dia,amic,mare,pare,pa,vi,aigua,foc,lluna,sol,muntanya,mar,bosc,gat,gos,ocell,llop,casa,finestra,porta,llibre,taula,cadira,poma,pera,peix,formatge,ull,boca,nas,mà,peu,gran,petit,verd,vermell,blanc,blau,sempre,mai,avui,demà,ahir,on,quan,perquè,parla,menja,beu,corre,veu,obre,tanca,porta,pren,viu,escriu,canta,balla,jove,vell,nou,bonic,xocolata,pluja,neu,vent',
  finnish:
    'talo,punainen,vihreä,sininen,musta,valkoinen,kissa,koira,lintu,kala,metsä,järvi,meri,kuu,aurinko,tähti,yö,päivä,huomenta,ilta,äiti,isä,lapsi,poika,tyttö,ystävä,hyvä,paha,suuri,pieni,vanha,uusi,nopea,hidas,syö,juo,puhuu,laulaa,tanssii,lukee,kirjoittaa,avaa,sulkee,ottaa,antaa,rakastaa,näkee,kuulee,pöytä,tuoli,ikkuna,ovi,kirja,kynä,omena,leipä,maito,vesi,tuli,lumi,sade,tuuli,pilvi,puu,kukka,marja,mökki,sauna,vene,löyly,työ,myöhemmin,miksi,milloin,missä',
  czech:
    'dobrý,den,přítel,matka,otec,chléb,voda,oheň,země,měsíc,slunce,moře,hora,les,kočka,pes,pták,vlk,ryba,dům,okno,dveře,kniha,stůl,židle,jablko,hruška,sýr,máslo,oko,ústa,nos,ruka,noha,velký,malý,zelený,červený,bílý,modrý,vždy,nikdy,dnes,zítra,včera,kde,kdy,proč,mluví,jí,pije,běží,vidí,otvírá,zavírá,bere,miluje,žije,píše,čte,zpívá,tančí,mladý,starý,nový,hezký,čokoláda,déšť,sníh,vítr,řeka,pivo,bouře,babička,mouka,auto,hudba,pivovar,vůbec,výborně',
  russian:
    'добрый,день,друг,мама,папа,хлеб,вода,огонь,земля,луна,солнце,море,гора,лес,кошка,собака,птица,волк,рыба,дом,окно,дверь,книга,стол,стул,яблоко,груша,сыр,масло,глаз,рот,нос,рука,нога,большой,маленький,зелёный,красный,белый,синий,всегда,никогда,сегодня,завтра,вчера,где,когда,почему,говорит,ест,пьёт,бежит,видит,открывает,закрывает,берёт,любит,живёт,пишет,читает,поёт,танцует,молодой,старый,новый,красивый,дождь,снег,ветер,река,бабушка,музыка,фонарь,вечер,бумага,пять,восемь',
};

/** A repeatable choice: uniform numbers in [0, 1). */
export type Random = () => number;

/** A made-up sentence in the language of a phone set. */
export function sentence(set: PhoneSet, random: Random): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  const foreign = FOREIGN[set];
  if (foreign !== undefined) {
    const words = foreign.split(',');
    const length = 4 + Math.floor(random() * 5);
    return Array.from({ length }, (_, i) => pick(words) + (i < length - 1 && random() < 0.15 ? ',' : '')).join(' ');
  }
  const { opening, determiner, adjective, noun, verb, preposition, closing, short } = ENGLISH;
  if (random() < 0.15) return `${Array.from({ length: 6 }, () => pick(short)).join(random() < 0.5 ? ' ' : ', ')}.`;
  const thing = () => `${pick(determiner)} ${random() < 0.6 ? `${pick(adjective)} ` : ''}${pick(noun)}`;
  const parts = [thing(), pick(verb), thing()];
  if (random() < 0.5) parts.push(pick(preposition), thing());
  if (random() < 0.4) parts.push(pick(closing));
  return `${random() < 0.4 ? `${pick(opening)}, ` : ''}${parts.join(' ')}.`;
}
