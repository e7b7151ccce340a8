import { concat, input, type Network, type ParameterScope, reshape, sigmoid } from '@pctalk/graph';
import { SPEECH_CHANNELS } from '../speech/speech-channels.ts';
import { FORESIGHT_FRAMES, foresightHead, lipHead, SPEECH_FEATURE_WIDTH } from '../speech/speech-network.ts';
import { EAR_FEATURE_WIDTH } from './ear-driver.ts';

/**
 * The speech model's heads, over its features and what the full ear hears beside them. Inputs `features` [1, 192] and `ear`
 * [1, 576]; outputs `channels` [1, 14] and `foresight` [1, 6], as the speech model's.
 */
export function earHeadsNetwork(scope: ParameterScope): Network {
  const heard = concat([input('features', [1, SPEECH_FEATURE_WIDTH]), input('ear', [1, EAR_FEATURE_WIDTH])], 1);
  const rows = reshape(heard, [1, 1, SPEECH_FEATURE_WIDTH + EAR_FEATURE_WIDTH]);
  return {
    name: 'ear-heads',
    outputs: {
      channels: reshape(lipHead(rows, scope), [1, SPEECH_CHANNELS.length]),
      foresight: reshape(sigmoid(foresightHead(rows, scope)), [1, 2 * FORESIGHT_FRAMES]),
    },
  };
}
