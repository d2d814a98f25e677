export { atPointer, pointerTo } from './json-pointer.ts';
export { applyMapping, type MappedMessage, type MappedValue, type Mapping } from './mapping.ts';
export { bodiesByMeaning, withMeaning } from './meaning.ts';
export { type Memo, newMemo } from './memo.ts';
export { checkNamedRules, type NamedRule, namedRule } from './named-rule.ts';
export { checkMapping, parseMapping } from './parse-mapping.ts';
export { type Format, readPayload } from './payload.ts';
export { conversionTo, unitsFor } from './units.ts';
export { bodyOfValue, type ValueRule } from './value-rule.ts';
