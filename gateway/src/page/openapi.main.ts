import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../version.ts';
import { API } from './api/index.ts';
import { openApiText } from './openapi.ts';

/** `npm run api`: writes docs/api/openapi.json anew. */
await writeFile(
  fileURLToPath(new URL('../../../docs/api/openapi.json', import.meta.url)),
  openApiText(API, VERSION),
);
