import { expect, it } from 'vitest';
import { checkEarEncoder } from './ear-encoder.ts';

it('refuses an encoder that the heads were not trained behind', async () => {
  await expect(checkEarEncoder(Uint8Array.of(8, 7))).rejects.toMatchObject({
    code: 'model-invalid',
    message: expect.stringContaining('c6fc4b7b'),
  });
});
