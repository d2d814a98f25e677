/** What whoever plays a WiCAN needs of its language. */
export { type CanFrame, dataFrame } from '../../can/frame.ts';
export { segment } from '../../can/isotp.ts';
export { writeFrame } from './frame.ts';
