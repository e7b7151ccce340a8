/** Choosing where large networks run: an explicit list, each device checked before it is trusted. */
import { checkDevice, PcTalkError, type TensorRuntime, type WarningReporter, type WarpingForm } from '@pctalk/core';
import { createNodeRuntime, type NodeDevice } from './onnx-runtime.ts';

/** A device that may be used, and the form of the warping network it takes. */
export interface OpenedDevice {
  readonly runtime: TensorRuntime;
  readonly form: WarpingForm;
}

/**
 * Opens the first device of the list that is there and gives the CPU's numbers on tiny networks.
 * @param cpu what the others are checked against.
 * @param onWarning hears of every device that was passed over.
 * @throws `device-missing` if none is left.
 */
export async function openDevice(
  devices: readonly NodeDevice[],
  cpu: TensorRuntime,
  onWarning: WarningReporter,
): Promise<OpenedDevice> {
  let last: unknown;
  for (const device of devices) {
    if (device === 'cpu') return { runtime: cpu, form: '5d' };
    const form = device === 'webgpu' ? '2d' : '5d';
    const runtime = createNodeRuntime({ threads: 0, device });
    try {
      await checkDevice(runtime, cpu, form);
      return { runtime, form };
    } catch (cause) {
      last = cause;
      if (device !== devices.at(-1)) onWarning({ code: 'device-passed-over', message: (cause as Error).message });
    }
  }
  throw last ?? new PcTalkError('device-missing', 'device: expected at least one, got an empty list.');
}
