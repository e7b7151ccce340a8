import { PHONE_INDEX, type PhoneClass } from '../models/speech/phone-classes.ts';
import type { SpeechFrame } from '../models/speech/speech-driver.ts';
import type { MouthInside } from '../motion/motion-space.ts';

/** Sounds made with the tongue's tip behind or between the teeth, and those made through closed teeth, with how far. */
const TIP: Partial<Record<PhoneClass, number>> = { TH: 1, L: 1, N: 0.9, T: 0.85, S: 0.35 };
const CLOSED: Partial<Record<PhoneClass, number>> = { S: 1, SH: 1, F: 0.5, TH: 0.4, T: 0.5 };
/** Share of the way that tongue and jaw go within one frame: a tongue's tip takes about 80 ms. */
const FOLLOWS = 0.5;

/** Follows tongue and teeth through what is heard. Causal, one frame at a time. */
export class MouthInsideTracker {
  #tip = 0;
  #closed = 0;

  /** @param phones see `SpeechFrame`. */
  next({ phones }: Pick<SpeechFrame, 'phones'>): MouthInside {
    this.#tip += FOLLOWS * (weigh(TIP, phones) - this.#tip);
    this.#closed += FOLLOWS * (weigh(CLOSED, phones) - this.#closed);
    return { tongueTip: this.#tip, teethClosed: this.#closed };
  }
}

function weigh(weights: Partial<Record<PhoneClass, number>>, phones: Float32Array): number {
  return Math.min(
    1,
    Object.entries(weights).reduce((sum, [name, weight]) => sum + weight * phones[PHONE_INDEX[name as PhoneClass]]!, 0),
  );
}
