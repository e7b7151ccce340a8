import {
  type Clock,
  type Patch,
  PcTalkError,
  type Performance,
  patchPerformance,
  type Session,
  type SessionFrame,
  type StillSource,
  TalkerCore,
} from '@pctalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRuntime, decodeAudio, decodeImage, readTalkerAssets, sampleFiles } from '../src/index.ts';

const RATE = 16_000;
const FRAME = 640;
let core: TalkerCore;
let source: StillSource;
let speech: Float32Array;
beforeAll(async () => {
  core = await TalkerCore.create(createNodeRuntime(), await readTalkerAssets());
  source = await core.prepare(await decodeImage(sampleFiles().source), { where: 'sample' });
  const pieces: number[] = [];
  for await (const piece of decodeAudio(sampleFiles().audio)) pieces.push(...piece);
  speech = Float32Array.from(pieces).subarray(0, 5 * RATE);
});
afterAll(() => core.dispose());

/** A clock on which waiting takes no time. */
function fastClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    async until(at) {
      time = at;
    },
  };
}

type Kept = Pick<SessionFrame, 'frameIndex' | 'sound' | 'time'> & {
  readonly keypoints: Float32Array;
  readonly gap: number;
};

function keep({ frameIndex, sound, time, driven }: SessionFrame): Kept {
  const keypoints = driven.keypoints.slice();
  return { frameIndex, sound, time, keypoints, gap: Math.max(0, keypoints[14 * 3 + 1]! - keypoints[13 * 3 + 1]!) };
}

async function collect(session: Session, until = Number.POSITIVE_INFINITY): Promise<Kept[]> {
  const frames: Kept[] = [];
  for await (const frame of session.frames()) {
    frames.push(keep(frame));
    if (frames.length >= until) break;
  }
  return frames;
}

/** Furthest way of any landmark in a frame, pixels. */
function steps(frames: readonly Kept[]): number[] {
  return frames.slice(1).map(({ keypoints }, t) => {
    const before = frames[t]!.keypoints;
    let most = 0;
    for (let i = 0; i < keypoints.length; i += 3) {
      most = Math.max(most, Math.hypot(keypoints[i]! - before[i]!, keypoints[i + 1]! - before[i + 1]!));
    }
    return most;
  });
}

function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}

async function spoken(
  performance: Performance = { version: 1 },
  patches: readonly [Patch, number][] = [],
  clock?: Clock,
) {
  const session = core.openSession(source, performance, { clock });
  for (const [patch, at] of patches) session.patch(patch, at);
  void session.push(speech);
  session.end();
  return collect(session);
}

const same = (a: readonly Kept[], b: readonly Kept[]) => {
  expect(a.length).toBe(b.length);
  for (const [t, { keypoints }] of a.entries()) expect(keypoints).toEqual(b[t]!.keypoints);
};

describe('a session', () => {
  it('gives the frames of a file in any chunking, and live', async () => {
    const file: Kept[] = [];
    const performance: Performance = { version: 1 };
    for await (const frame of core.perform(source, [speech], core.createDirector(performance))) file.push(keep(frame));
    expect(file.length).toBe(125);
    expect(file[10]!.sound).toEqual({ from: 10 * FRAME, to: 11 * FRAME });
    const session = core.openSession(source, performance);
    const reading = collect(session);
    for (let at = 0, size = 17; at < speech.length; at += size, size = (size * 31) % 2011) {
      await session.push(speech.subarray(at, at + size));
    }
    session.end();
    same(await reading, file);
    same(await spoken(performance, [], fastClock()), file);
  });

  it('changes controls without a jump, as a file with the same performance does', async () => {
    const plain = await spoken();
    const ordinary = percentile(steps(plain), 0.95);
    const patches: [Patch, number][] = [
      [{ emotion: [{ emotion: 'surprised', intensity: 1 }] }, 0.6],
      [{ headMotion: 0, lipScale: 0.4 }, 1.6],
      [{ emotion: [{ emotion: 'angry', region: 'all', intensity: 1 }], style: 'wide', gaze: 0 }, 2.4],
      [{ emotion: [], headMotion: 1, articulation: { opening: 0.5 } }, 3.4],
    ];
    const patched = await spoken({ version: 1 }, patches);
    expect(Math.max(...steps(patched))).toBeLessThan(2 * ordinary);
    expect(Math.max(...steps(patched).map((x, t) => Math.abs(x - steps(plain)[t]!)))).toBeGreaterThan(0.3);
    const start: Performance = { version: 1 };
    same(await spoken(patches.reduce((doc, [patch, at]) => patchPerformance(doc, patch, at), start)), patched);
  });

  it('makes movements larger without moving faster than they do when they are large', async () => {
    const large = { energy: 2, headMotion: 2 };
    const steady = await spoken({ version: 1, ...large });
    const patched = await spoken({ version: 1 }, [[large, 2]]);
    expect(Math.max(...steps(patched))).toBeLessThan(1.2 * Math.max(...steps(steady)));
  });

  it('goes to rest when it is interrupted, without a jump, says where, and speaks on', async () => {
    const ordinary = percentile(steps(await spoken()), 0.95);
    const session = core.openSession(
      source,
      { version: 1, idle: 0, headMotion: 0, blink: 0, gaze: 0, brow: 0 },
      { clock: fastClock() },
    );
    void session.push(speech);
    const frames: Kept[] = [];
    let stood = -1;
    for await (const frame of session.frames()) {
      frames.push(keep(frame));
      if (frames.length === 50) stood = session.interrupt().sample;
      if (frames.length === 80) void session.push(speech.subarray(0, RATE)).then(() => session.end());
    }
    expect(stood).toBe(50 * FRAME);
    expect(frames[49]!.sound).toEqual({ from: 49 * FRAME, to: 50 * FRAME });
    expect(frames.slice(50, 75).every(({ sound }) => sound === undefined)).toBe(true);
    const rest = frames[70]!.gap;
    expect(Math.max(...frames.slice(54, 75).map(({ gap }) => Math.abs(gap - rest)))).toBeLessThan(0.6);
    expect(Math.max(...steps(frames.slice(48, 60)))).toBeLessThan(2 * ordinary);
    expect(Math.max(...frames.slice(80).map(({ gap }) => gap))).toBeGreaterThan(rest + 3);
  });

  it('waits without sound and takes late sound up without a jump', async () => {
    const ordinary = percentile(steps(await spoken()), 0.95);
    const session = core.openSession(source, { version: 1, blink: 0 }, { clock: fastClock() });
    const frames: Kept[] = [];
    for await (const frame of session.frames()) {
      frames.push(keep(frame));
      if (frames.length === 40) void session.push(speech.subarray(0, 1.5 * RATE));
      if (frames.length === 120) void session.push(speech.subarray(1.5 * RATE, 3 * RATE)).then(() => session.end());
    }
    expect(frames.slice(0, 40).every(({ sound }) => sound === undefined)).toBe(true);
    const shown = frames.flatMap(({ sound }) => (sound === undefined ? [] : [sound]));
    expect(shown[0]!.from).toBe(0);
    for (const [i, { from }] of shown.slice(1).entries()) expect(from).toBe(shown[i]!.to);
    expect(shown.at(-1)!.to).toBe(3 * RATE);
    expect(Math.max(...steps(frames))).toBeLessThan(2 * ordinary);
  });

  it('says what is wrong with how it is used', async () => {
    const open = () => core.openSession(source, { version: 1 }, { queueSeconds: 0.5 });
    const code = (expected: string) => expect.objectContaining({ code: expected });
    const full = open();
    const waiting = full.push(new Float32Array(RATE));
    await expect(full.push(new Float32Array(10))).rejects.toEqual(code('session-busy'));
    const reader = full.frames();
    await reader.next();
    await expect(full.frames().next()).rejects.toEqual(code('session-busy'));
    expect(() => full.patch({ lipScale: 1 }, 0)).toThrowError(code('patch-refused'));
    expect(() => full.patch({ seed: 3 } as Patch)).toThrowError(code('patch-refused'));
    await reader.return(undefined);
    await waiting;
    expect(() => full.patch({ lipScale: 1 })).toThrowError(code('session-ended'));
    const impatient = open();
    await impatient.push(new Float32Array(RATE), { wait: false });
    await expect(impatient.push(new Float32Array(1), { wait: false })).rejects.toEqual(code('queue-full'));
    await expect(open().push(new Float32Array([Number.NaN]))).rejects.toEqual(code('audio-unreadable'));
    await expect(open().push(new Float32Array(1), { rate: 0 })).rejects.toEqual(code('value-out-of-range'));
    const ended = open();
    ended.end();
    await expect(ended.push(new Float32Array(1))).rejects.toEqual(code('session-ended'));
    expect(() => ended.end()).toThrowError(code('session-ended'));
    const backwards: Clock = { now: () => (calls++ < 4 ? 1 : 0.5), until: async () => {} };
    let calls = 0;
    await expect(collect(core.openSession(source, { version: 1 }, { clock: backwards }))).rejects.toEqual(
      code('clock-invalid'),
    );
    const failed = open();
    failed.fail(new PcTalkError('audio-unreadable', 'cut'));
    await expect(collect(failed)).rejects.toEqual(code('audio-unreadable'));
  });
});
