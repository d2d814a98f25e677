export { applyMapping, type MappedMessage, type MappedValue, type Mapping } from './mapping.ts';
export { checkMapping, parseMapping } from './parse-mapping.ts';
export type { ValueRule } from './value-rule.ts';
