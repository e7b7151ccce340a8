import type { TranscriptLanguage } from '@pctalk/core';

/** Sentences of our own for synthesised speech, none of them trained on. */
export const HELD_OUT_TEXTS: Readonly<Partial<Record<TranscriptLanguage, readonly string[]>>> = {
  en: [
    'Nobody expected the ferry to leave before breakfast.',
    'The committee will publish its report by Wednesday evening.',
    'Please remember to bring the umbrella from the car.',
    'Several small villages were cut off by the flood.',
    'My grandmother taught me how to bake brown bread.',
    'We planted twelve apple trees behind the barn.',
    'The pilot explained why the flight had been delayed.',
    'Could you move the piano a little closer to the wall?',
    'A curious fox watched the campers from the hill.',
    'Five hundred people signed the petition in one week.',
  ],
  de: [
    'Niemand hatte erwartet dass die Fähre so früh abfährt',
    'Meine Großmutter hat mir gezeigt wie man Brot backt',
    'Bitte bring den Regenschirm aus dem Auto mit',
    'Wir haben hinter der Scheune zwölf Apfelbäume gepflanzt',
    'Der Pilot erklärte warum der Flug verspätet war',
  ],
  fr: [
    'Personne ne pensait que le bateau partirait si tôt',
    'Ma grand-mère m’a appris à faire du bon pain',
    'Apportez le parapluie qui est dans la voiture',
    'Nous avons planté douze pommiers derrière la maison',
    'Le pilote a expliqué pourquoi le vol était en retard',
  ],
  es: [
    'Nadie esperaba que el barco saliera tan temprano',
    'Mi abuela me enseñó a preparar pan moreno',
    'Por favor trae el paraguas que está en el coche',
    'Plantamos doce manzanos detrás de la casa vieja',
    'El piloto explicó por qué el vuelo llegaba tarde',
  ],
  it: [
    'Nessuno pensava che il traghetto partisse così presto',
    'Mia nonna mi ha insegnato a preparare il pane',
    'Per favore porta l’ombrello che è nella macchina',
    'Abbiamo piantato dodici meli dietro la vecchia casa',
    'Il pilota ha spiegato perché il volo era in ritardo',
  ],
  pt: [
    'Ninguém esperava que o barco partisse tão cedo',
    'Minha avó me ensinou a fazer pão caseiro',
    'Por favor traga o guarda-chuva que está no carro',
    'Plantamos doze macieiras atrás da casa velha',
  ],
  nl: [
    'Niemand had verwacht dat de boot zo vroeg vertrok',
    'Mijn grootmoeder heeft mij geleerd brood te bakken',
    'Breng alsjeblieft de paraplu mee uit de auto',
    'Wij hebben twaalf appelbomen achter het huis geplant',
  ],
  pl: [
    'Nikt nie myślał że prom odpłynie tak wcześnie',
    'Moja babcia nauczyła mnie piec dobry chleb',
    'Proszę przynieś parasol który jest w samochodzie',
    'Posadziliśmy dwanaście jabłoni za starym domem',
  ],
  ru: [
    'Никто не думал что паром отойдёт так рано',
    'Моя бабушка научила меня печь чёрный хлеб',
    'Принеси пожалуйста зонтик который лежит в машине',
    'Мы посадили двенадцать яблонь за старым домом',
  ],
};
