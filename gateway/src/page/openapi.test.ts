import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../version.ts';
import { API } from './api/index.ts';
import { openApi, openApiText } from './openapi.ts';
import { openTestPage } from './testing.ts';

describe('the documented API', () => {
  it('is the one that is served: run `npm run api` after a change of it', async () => {
    const path = fileURLToPath(new URL('../../../docs/api/openapi.json', import.meta.url));
    expect(await readFile(path, 'utf8')).toBe(openApiText(API, VERSION));
  });

  it('says of each request who may ask for it and what it takes', () => {
    const { paths } = openApi(API, VERSION);
    expect(Object.values(paths).flatMap(Object.keys)).toHaveLength(Object.keys(API).length);
    expect(paths['/api/claim']?.['post']).toMatchObject({
      security: [],
      requestBody: { content: { 'application/json': { schema: { required: ['code', 'password'] } } } },
      parameters: [{ name: 'x-outpost', in: 'header' }],
    });
    expect(paths['/api/evidence']?.['get']).toMatchObject({ security: [{ session: [] }] });
  });

  it('refuses everything to whoever has no session, but health and the way in', async () => {
    await using page = await openTestPage();
    await page.claim();
    const open = [];
    for (const [name, { access }] of Object.entries(API)) {
      const [method, path = ''] = name.split(' ');
      const answer = method === 'GET' ? await page.get(path) : await page.post(path, {});
      await answer.body?.cancel();
      if (access === 'anyone') open.push(name);
      else expect(answer.status, name).toBe(401);
      // A cookie of somebody else's making is as good as none.
      const forged = await fetch(`${page.url}${path}`, { headers: { cookie: `outpost=${'A'.repeat(43)}` } });
      await forged.body?.cancel();
      if (access !== 'anyone') expect(forged.status, name).toBe(401);
    }
    expect(open.sort()).toEqual(['GET /api/hello', 'GET /healthz', 'POST /api/claim', 'POST /api/login']);
  });
});
