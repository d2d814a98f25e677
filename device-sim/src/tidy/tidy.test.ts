import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { VERSION } from '@outpost/gateway';
import { describe, expect, it } from 'vitest';
import {
  codeOf,
  filesBelow,
  importsOf,
  PACKAGES,
  present,
  repository,
  type Source,
  sources,
} from './sources.ts';

const all = sources();
const production = all.filter((source) => !source.isTest);

/** `path: what` for every source that a rule finds something in; a rule holds when the list is empty. */
const offences = (
  among: readonly Source[],
  rule: (source: Source, code: string) => readonly string[],
): readonly string[] =>
  among.flatMap((source) => rule(source, codeOf(source.text)).map((what) => `${source.path}: ${what}`));

const matches = (code: string, pattern: RegExp): readonly string[] =>
  [...code.matchAll(pattern)].map(([all]) => all);

/** Each runtime package is imported by exactly one file, so that replacing it is one file's work. */
const OWNERS: Readonly<Record<string, string>> = {
  serialport: 'firmware-bridge/src/ports/serial.ts',
  '@noble/ed25519': 'schemas/src/evidence/ed25519.ts',
  influx: 'gateway/src/store/influx.ts',
  zod: 'schemas/src/config/',
  cborg: 'schemas/src/evidence/cbor',
  'h3-js': 'gateway/src/coverage/h3.ts',
  mqtt: 'firmware-bridge/src/mqtt/client.ts',
  aedes: 'gateway/src/broker/aedes.ts',
  '@peculiar/x509': 'gateway/src/broker/certificates.ts',
  uqr: 'gateway/src/cli/qr-text.ts',
  'johnny-five': 'firmware-bridge/src/adapters/firmata/johnny-five',
  'firmata-io': 'firmware-bridge/src/adapters/firmata/johnny-five',
};

/** The few files outside ports that an API of Node forces to hold a Buffer, each with its reason. */
const BUFFER_ALLOWED = ['firmware-bridge/src/ports/'];

describe('the shape of the repository', () => {
  it('has something to check', () => {
    expect(production.length).toBeGreaterThan(50);
    expect(importsOf("import { a } from 'b';\nexport * from './c.ts';")).toEqual(['b', './c.ts']);
    expect(codeOf("const a = 'Date.now()'; // Date.now()\nb();")).toBe("const a = ''; \nb();");
  });

  it('imports only to the left: schemas, firmware-bridge, gateway, device-sim', () => {
    const found = offences(all, ({ text, package: own, path }) =>
      importsOf(text).filter((specifier) => {
        const other = PACKAGES.find(
          (name) => specifier === `@outpost/${name}` || specifier.startsWith(`@outpost/${name}/`),
        );
        if (other !== undefined) return other === own || PACKAGES.indexOf(other) > PACKAGES.indexOf(own);
        return specifier.startsWith('.') && !join(dirname(path), specifier).startsWith(`${own}/src/`);
      }),
    );
    expect(found).toEqual([]);
  });

  it('imports each runtime package in one place', () => {
    const found = offences(production, ({ text, path }) =>
      importsOf(text).filter((specifier) => {
        const owner = OWNERS[specifier];
        return owner !== undefined && !path.startsWith(owner);
      }),
    );
    expect(found).toEqual([]);
  });

  it('builds for npm start only what is installed for it: no development package', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const isTool = (specifier: string): boolean =>
      Object.keys(devDependencies).some((name) => specifier === name || specifier.startsWith(`${name}/`));
    const built = production.filter(({ path }) => !/^device-sim\/src\/(avr|grafana|page)\//.test(path));
    expect(offences(built, ({ text }) => importsOf(text).filter(isTool))).toEqual([]);
  });

  it('keeps schemas, codecs and sessions pure: no I/O, no clock, no randomness', () => {
    const pure = production.filter(
      ({ path, package: own }) => own === 'schemas' || /\/(codec|session)[^/]*\.ts$/.test(path),
    );
    expect(pure.length).toBeGreaterThan(20);
    const found = offences(pure, ({ text }, code) => [
      ...importsOf(text).filter((specifier) => specifier.startsWith('node:')),
      ...matches(
        code,
        /\b(process|fetch|setTimeout|setInterval|queueMicrotask|Math\.random|crypto)\b\s*[.(]/g,
      ),
    ]);
    expect(found).toEqual([]);
  });

  it('reads no clock outside clock.ts and uses no unseeded randomness', () => {
    const free = production.filter(
      ({ path }) => !/^device-sim\/src\/(bench|soak)\//.test(path) && !path.endsWith('/clock.ts'),
    );
    const found = offences(free, (_, code) =>
      matches(
        code,
        /\b(Date\.now|performance\.now|hrtime|Math\.random|setTimeout|setInterval)\b|\bnew Date\(\)/g,
      ),
    );
    expect(found).toEqual([]);
  });

  it('has no inheritance, enum, namespace, default export or module-level variable that changes', () => {
    const found = offences(production, (_, code) =>
      matches(
        code,
        /\bclass\s+\w+(<[^>]*>)?\s+extends\b|^\s*(export\s+)?(const\s+)?enum\s|^\s*(export\s+)?namespace\s|^export default|^(export\s+)?(let|var)\s/gm,
      ),
    );
    expect(found).toEqual([]);
  });

  it('holds a Buffer only inside ports', () => {
    const outside = production.filter(
      ({ path }) => !BUFFER_ALLOWED.some((allowed) => path.startsWith(allowed)),
    );
    expect(offences(outside, (_, code) => matches(code, /\bBuffer\b/g).slice(0, 1))).toEqual([]);
  });

  it('keeps files at 300 lines or fewer', () => {
    const found = all.filter(({ text }) => text.split('\n').length > 301).map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it('leaves nothing open and nothing switched off', () => {
    const marks = new RegExp(
      ['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'XX' + 'X'].map((mark) => `\\b${mark}\\b`).join('|'),
      'g',
    );
    expect(offences(all, ({ text }) => matches(text, marks))).toEqual([]);
    const tests = all.filter(({ isTest }) => isTest);
    expect(offences(tests, (_, code) => matches(code, /\b(it|test|describe)\.(only|todo|skip)\(/g))).toEqual(
      [],
    );
  });
});

const folders = (...parts: readonly string[]): readonly string[] =>
  readdirSync(join(repository, ...parts), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const NETWORKS = 'gateway/src/networks';

describe('every adapter and every network', () => {
  const kinds = [
    {
      at: 'firmware-bridge/src/adapters',
      files: ['codec.ts', 'session.ts', 'index.ts', 'README.md', 'vectors'],
    },
    { at: NETWORKS, files: ['codec.ts', 'network.ts', 'README.md', 'vectors'] },
  ];

  it.each(kinds)('below $at is complete and has its line in the registry', ({ at, files }) => {
    // A network's folder without a client is its wire alone, which nobody can configure.
    const names = folders(at).filter((name) => at !== NETWORKS || present(at, name, 'network.ts'));
    expect(names.length).toBeGreaterThan(0);
    const registry = readFileSync(join(repository, at, 'index.ts'), 'utf8');
    for (const name of names) {
      expect(registry).toContain(`'./${name}/`);
      for (const file of files) expect(present(at, name, file), `${at}/${name}/${file}`).toBe(true);
    }
  });
});

describe('the version', () => {
  it('is the same in every package and in what the program says of itself', () => {
    const versionOf = (path: string): unknown =>
      (JSON.parse(readFileSync(join(repository, path, 'package.json'), 'utf8')) as { version: unknown })
        .version;
    for (const path of ['.', ...PACKAGES]) expect(versionOf(path), path).toBe(VERSION);
  });
});

describe('the documents', () => {
  const documents = filesBelow(repository).filter((path) => path.endsWith('.md'));

  it('link only to what is there', () => {
    const broken = documents.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !present(relative(repository, resolve(dirname(path), target))))
        .map((target) => `${relative(repository, path)}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});
