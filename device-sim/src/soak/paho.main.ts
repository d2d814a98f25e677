/**
 * The Eclipse Paho interoperability suite for MQTT 3.1.1 against the broker as a lab: each of its tests in a process of
 * its own, from a checkout of eclipse/paho.mqtt.testing (EPL-2.0, Python's standard library only).
 *
 *     npm run soak -- paho --suite /path/to/paho.mqtt.testing/interoperability
 *
 * Prints one JSON object to stdout; exits with 1 where a test fails, and with 78 where the suite is not there.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '@outpost/firmware-bridge';
import { openBroker, openLog } from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';

const { values } = parseArgs({ options: { suite: { type: 'string', default: '' } } });
const TEST_MS_MAX = 90_000;
/** The suite tries what a refused subscription looks like with this topic. */
const REFUSED = 'test/nosubscribe';

/** Runs one test as the suite's own main does: host, port and topics are variables of its module. */
const SCRIPT = `
import sys, unittest
sys.path.insert(0, sys.argv[1])
import client_test as suite
suite.host, suite.port = "127.0.0.1", int(sys.argv[2])
suite.topic_prefix = ""
suite.topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
suite.wildtopics = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")
suite.nosubscribe_topics = ("${REFUSED}",)
sys.argv = sys.argv[:1]
result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromName("Test.%s" % NAME, suite))
sys.exit(0 if result.wasSuccessful() else 1)
`;

const runTest = (name: string, port: string) =>
  new Promise<{ readonly passed: boolean; readonly said: string }>((resolve) => {
    const script = SCRIPT.replace('% NAME', `% "${name}"`);
    const options = { timeout: TEST_MS_MAX, cwd: values.suite };
    execFile('python3', ['-c', script, values.suite, port], options, (error, out, err) => {
      resolve({ passed: error === null, said: (out + err).slice(-2_000) });
    });
  });

const runSuite = async (): Promise<number> => {
  const file = join(values.suite, 'client_test.py');
  if (values.suite === '' || !existsSync(file)) {
    process.stderr.write('Say where the suite is: --suite /path/to/paho.mqtt.testing/interoperability\n');
    return 78;
  }
  const names = [...readFileSync(file, 'utf8').matchAll(/def (test\w+)\(/g)].map(([, name]) => name ?? '');
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-paho-'));
  const ending = new AbortController();
  const opened = await openBroker({
    config: {
      tcp: { host: '127.0.0.1', port: 0 },
      tls: null,
      websocket: null,
      connectionsMax: 64,
      packetMaxKibibytes: 64,
      messagesPerSecondMax: 100_000,
    },
    dataDirectory: directory,
    clock,
    log: openLog({ clock, style: 'time', repeatAfterMs: 60_000, write: () => undefined }),
    lab: { refusedFilters: [REFUSED] },
  });
  if (!opened.ok) throw new Error(sentence(opened.fault));
  const { view, run } = opened.value;
  const running = run(ending.signal).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  while (view.state !== 'listening') await clock.sleep(5, ending.signal);
  const { port } = new URL(view.addresses[0] ?? '');
  const failed: string[] = [];
  for (const name of names) {
    const { passed, said } = await runTest(name, port);
    process.stderr.write(`${passed ? 'ok    ' : 'FAILED'} ${name}\n${passed ? '' : said}`);
    if (!passed) failed.push(name);
  }
  ending.abort(new Error('the suite is over'));
  await running;
  await rm(directory, { recursive: true, force: true });
  process.stdout.write(`${JSON.stringify({ tests: names.length, failed })}\n`);
  return failed.length === 0 && names.length > 0 ? 0 : 1;
};

process.exitCode = await runSuite();
