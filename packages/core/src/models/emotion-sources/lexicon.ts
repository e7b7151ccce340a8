import type { Emotion } from '../../motion/emotions.ts';

type Words = Readonly<Record<1 | 2 | 3, string>>;

/**
 * English words that tell an emotion, by strength: 1 a shade, 2 plain, 3 extreme. Base forms: `baseForms` finds the rest. Our own
 * list, of everyday words only. A word of several meanings stands here only if most of its uses tell the emotion.
 */
const WORDS: Readonly<Record<Exclude<Emotion, 'neutral'>, Words>> = {
  happy: {
    1: 'good nice fine fun cool sweet enjoy like smile welcome comfort hope hopeful pleased pleasant calm gentle lucky proud thank thanks bright warm win kind safe relief relieved succeed success friend',
    2: 'happy glad great love joy joyful laugh beautiful cheer cheerful excite exciting lovely celebrate congratulations grateful delight delightful brilliant fantastic excellent superb perfect merry hooray hurray yay yippee cheers adore fond best party thankful blessed',
    3: 'wonderful amazing awesome thrilled overjoyed ecstatic delighted marvellous marvelous elated euphoric bliss blissful heavenly magnificent glorious',
  },
  sad: {
    1: 'sorry miss lose lost alone tired unfortunate unfortunately pity regret fail failure sigh goodbye farewell weary hurt poor',
    2: 'sad unhappy cry tear tears lonely grief mourn sorrow disappoint disappointed disappointing disappointment upset gloomy depress depressed depressing hopeless helpless painful pain weep funeral bury died die dead death broken sadness melancholy homesick tragic terrible awful horrible worst',
    3: 'heartbroken devastated miserable despair grieving inconsolable heartbreaking devastating sob tragedy agony',
  },
  angry: {
    1: 'annoy annoyed annoying unfair wrong complain blame bother argue enough stubborn lie liar cheat demand stop rude',
    2: 'angry mad anger hate damn shout yell irritate irritated betray betrayed insult frustrate frustrated frustrating fight unacceptable outrageous resent attack bloody hostile cruel steal stole',
    3: 'furious rage outrage outraged livid enraged infuriate infuriating hatred fury seething',
  },
  fear: {
    1: 'worry worried nervous careful unsafe risk doubt uneasy tense warn warning concern concerned anxious threat threaten hide dark',
    2: 'afraid fear scared scare scary danger dangerous frighten frightened frightening panic creepy dread escape scream nightmare trembling tremble shiver ghost monster alarm haunted',
    3: 'terrified terror horror horrified petrified terrify terrifying deadly doomed',
  },
  disgusted: {
    1: 'dirty messy smell smelly sticky mouldy moldy stale greasy sour slime spit dirt',
    2: 'gross filthy nasty rotten stink stinking stinks slimy ugh yuck yucky eww ew rot vomit sick sickening maggot maggots foul puke sewage stench garbage infested',
    3: 'disgusting disgust disgusted revolting repulsive nauseating repulsed vile putrid revolted',
  },
  surprised: {
    1: 'sudden suddenly unexpected unexpectedly strangely odd',
    2: 'surprise surprised surprising wow whoa unbelievable incredible incredibly shock shocked shocking gosh gasp unexpected startled startle',
    3: 'astonished astonishing astounded astounding flabbergasted stunned dumbfounded speechless amazed',
  },
  contempt: {
    1: 'lazy silly cheap boring dull weak amateur lame inferior pretend excuse excuses arrogant',
    2: 'stupid idiot fool loser ridiculous pathetic worthless laughable useless clown coward incompetent pitiful foolish hypocrite nonsense mediocre moron dumb',
    3: 'despise despicable contemptible scorn disdain beneath contempt',
  },
};

/** Turns of phrase, where the words alone would mislead. */
const PHRASES: Readonly<Record<string, readonly [Emotion, number]>> = {
  "can't wait": ['happy', 2],
  'look forward': ['happy', 2],
  'looking forward': ['happy', 2],
  'made my day': ['happy', 2],
  'well done': ['happy', 2],
  'good news': ['happy', 2],
  'at last': ['happy', 1],
  'so long': ['sad', 1],
  'bad news': ['sad', 2],
  'passed away': ['sad', 3],
  'gave up': ['sad', 1],
  'give up': ['sad', 1],
  'left behind': ['sad', 2],
  'fed up': ['angry', 2],
  'sick of': ['angry', 2],
  'tired of': ['angry', 2],
  'had enough': ['angry', 2],
  'how dare': ['angry', 3],
  'get out': ['angry', 2],
  'leave me alone': ['angry', 2],
  'shut up': ['angry', 3],
  'my fault': ['sad', 1],
  'your fault': ['angry', 2],
  'help me': ['fear', 2],
  'run away': ['fear', 2],
  'watch out': ['fear', 2],
  'look out': ['fear', 2],
  'oh no': ['fear', 1],
  'makes me sick': ['disgusted', 3],
  'throw up': ['disgusted', 3],
  'thrown up': ['disgusted', 3],
  "can't believe": ['surprised', 2],
  "couldn't believe": ['surprised', 2],
  'no way': ['surprised', 2],
  'no idea': ['surprised', 1],
  'oh my god': ['surprised', 2],
  'oh my': ['surprised', 2],
  'my goodness': ['surprised', 2],
  'good heavens': ['surprised', 2],
  'never expected': ['surprised', 2],
  'did not expect': ['surprised', 2],
  "didn't expect": ['surprised', 2],
  'out of nowhere': ['surprised', 2],
  'what a joke': ['contempt', 3],
  'is a joke': ['contempt', 2],
  'yeah right': ['contempt', 2],
  'as if': ['contempt', 1],
  'so called': ['contempt', 1],
  'what the': ['surprised', 1],
  'nice try': ['contempt', 2],
  'waste of time': ['contempt', 2],
  'kind of': ['happy', 0],
  'of course': ['happy', 0],
  'as well': ['happy', 0],
  'well known': ['happy', 0],
  'in particular': ['happy', 0],
  'would like': ['happy', 0],
  "i'd like": ['happy', 0],
  'looks like': ['happy', 0],
  'like a': ['happy', 0],
  'like the': ['happy', 0],
  'like this': ['happy', 0],
  'like that': ['happy', 0],
  'felt like': ['happy', 0],
};

/** Pictures of faces. */
const PICTURES: Readonly<Record<string, readonly [Emotion, number]>> = {
  ...pictures('🙂😀😃😄😁😊🥰😍😂🤣🎉❤', 'happy'),
  ...pictures('🙁☹😢😭😞😔💔', 'sad'),
  ...pictures('😠😡🤬', 'angry'),
  ...pictures('😨😰😱', 'fear'),
  ...pictures('🤢🤮', 'disgusted'),
  ...pictures('😮😲😯🤯', 'surprised'),
  ...pictures('🙄😏', 'contempt'),
};

/** Most words a phrase has. */
export const LONGEST_PHRASE = 3;

/** The emotion and strength (0–3) of a base form, phrase or picture. */
export const LEXICON: ReadonlyMap<string, readonly [Emotion, number]> = new Map([
  ...Object.entries(WORDS).flatMap(([emotion, byStrength]) =>
    Object.entries(byStrength).flatMap(([strength, words]) =>
      words
        .split(' ')
        .map((word): [string, readonly [Emotion, number]] => [word, [emotion as Emotion, Number(strength)]]),
    ),
  ),
  ...Object.entries(PHRASES),
  ...Object.entries(PICTURES),
]);

/** An English word and what it may be formed from: `hurried` → `hurry`, `loving` → `love`, `stopped` → `stop`. */
export function baseForms(word: string): string[] {
  const forms = [word];
  const without = (ending: string, ...puts: string[]) => {
    if (!word.endsWith(ending) || word.length - ending.length < 3) return;
    const stem = word.slice(0, -ending.length);
    for (const put of puts) forms.push(stem + put);
    if (stem.at(-1) === stem.at(-2)) forms.push(stem.slice(0, -1));
  };
  without("'s", '');
  without('ies', 'y');
  without('es', '', 'e');
  without('s', '');
  without('ied', 'y');
  without('ed', '', 'e');
  without('ing', '', 'e');
  without('er', '', 'e');
  without('est', '', 'e');
  without('ily', 'y');
  without('ly', '', 'le');
  without('ness', '');
  without('ful', '');
  return forms;
}

function pictures(faces: string, emotion: Emotion): Record<string, readonly [Emotion, number]> {
  return Object.fromEntries([...faces].map((face) => [face, [emotion, 2] as const]));
}
