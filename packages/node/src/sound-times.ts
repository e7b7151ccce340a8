/** Longest silence that is put in for one gap, seconds: ffmpeg holds all of it at once. */
const LONGEST_GAP = 600;

/** A sound as filters of ffmpeg give it. */
export interface SoundFormat {
  /** Hertz. */
  readonly rate: number;
  /** 1 or 2. */
  readonly channels: number;
  /** Interleaved or planar floats. */
  readonly samples: 'flt' | 'fltp';
}

/**
 * The filters that give every sample the time its file gives it, counted from the first moment of any stream in that file:
 * silence where a sound begins late or has a gap. They follow steps of 40 ms, less than which is the jitter of recorders;
 * at the beginning of 10 ms. A sound without gaps keeps its samples.
 */
export function keepTimes({ rate, channels, samples }: SoundFormat): string {
  const layout = channels === 1 ? 'mono' : 'stereo';
  const most = `${LONGEST_GAP}/TB`;
  return [
    `aformat=sample_fmts=${samples}:sample_rates=${rate}:channel_layouts=${layout}`,
    `asetpts='if(isnan(PREV_OUTPTS),min(PTS,${most}),PREV_OUTPTS+min(PTS-PREV_INPTS,${most}))'`,
    'aresample=async=1:min_comp=0.01:min_hard_comp=0.04:first_pts=0',
  ].join(',');
}
