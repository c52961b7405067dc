import { Option } from 'commander';
import type { Engine } from '@encryptech/learning';
import { createNodeEngine, devices, type Device } from '@encryptech/learning/node';

/** What the option gives. */
export type DeviceOption = { device: Device };

/**
 * `--device`, for what people compute on their own machine. Jobs have no such option: a job runs on the processor, each graph call
 * on one thread, since other arithmetic at the provider's choice would be another look at the data.
 */
export const deviceOption = (): Option =>
  new Option('--device <name>', 'what computes; GPUs are checked against the processor, and noise never comes from one')
    .choices([...devices])
    .default('cpu');

/** The engine of the device that was asked for. */
export const engineOf = ({ device }: DeviceOption): Engine => createNodeEngine({ device });
