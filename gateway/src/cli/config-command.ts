import { Command } from 'commander';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';

/** `outpost config`: what the gateway would run with, every default filled in. */
export const configCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('config')
    .description('show the configuration with every default filled in, or its JSON Schema for editors')
    .option('--print', 'the effective configuration, as JSON (the default)')
    .option('--check', 'nothing, if a gateway could run with it')
    .option('--schema', 'the JSON Schema of a configuration file')
    .option('-c, --config <file>', 'the configuration file')
    .action(async (options: { schema?: boolean; check?: boolean; config?: string }) => {
      if (options.schema === true) {
        const { configJsonSchema } = await import('@outpost/schemas/config');
        terminal.out(JSON.stringify(configJsonSchema(), null, 2));
        return finish(EXIT.done);
      }
      const loaded = await loadConfig(options.config, terminal.env);
      if (!loaded.ok) return finish(complain(terminal, loaded.fault));
      if (options.check === true) {
        const { checkDevices } = await import('../run/gateway.ts');
        const checked = await checkDevices(loaded.value.config);
        return finish(checked.ok ? EXIT.done : complain(terminal, checked.fault));
      }
      terminal.out(JSON.stringify(loaded.value.config, null, 2));
      return finish(EXIT.done);
    });
