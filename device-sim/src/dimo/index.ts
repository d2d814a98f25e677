export {
  type DimoNodeOptions,
  type DimoNodeStatus,
  type ServedDimoNode,
  serveDimoNode,
} from './serve-dimo-node.ts';
export { keyOf } from './shelf.ts';
