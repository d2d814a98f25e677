export { PASSPHRASE_MIN_CHARACTERS } from './backup.ts';
export { readKey } from './key-file.ts';
export { type Changed, type KeyRing, type KeyRingOptions, openKeyRing } from './key-ring.ts';
export { keyText, parseKeyText, shortKeyText } from './key-text.ts';
export {
  type ExportOptions,
  exportKeys,
  forgetImport,
  type Imported,
  type ImportOptions,
  importedHeads,
  importKeys,
} from './ring-backup.ts';
export { deviceKeyName, deviceOf, type KeyName, parseKeyName } from './ring-files.ts';
export type { KeyEntry, RingKey } from './ring-keys.ts';
export type { KeyKind } from './seed-file.ts';
export { platformEquation, platformSigner, platformVerifier, type Signer } from './signer.ts';
export { openSigner } from './signer-file.ts';
