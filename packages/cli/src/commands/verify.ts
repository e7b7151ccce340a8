import { EXIT_NOT_VERIFIED, type ProvenanceReport } from '@pctalk/core';
import { Command } from 'commander';
import { printJson, printLine } from '../print.ts';

const HELP = `
Ends with 0 if the manifest holds, with 1 if there is none or it does not hold.

Example:
  pctalk verify out.mp4`;

/** `pctalk verify`: reads and checks the C2PA manifest of a file. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('read the content credentials (C2PA) of a video or picture and check that it is unchanged')
    .argument('<file>', 'mp4, gif, png, jpg or webp; webm with its .c2pa beside it')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(verify);
}

async function verify(file: string, flags: { readonly json?: true }): Promise<void> {
  const { verifyProvenance } = await import('@pctalk/node');
  const report = await verifyProvenance(file);
  if (flags.json) await printJson(report);
  else for (const line of describe(file, report)) await printLine(line);
  if (!report.valid) process.exitCode = EXIT_NOT_VERIFIED;
}

function describe(file: string, report: ProvenanceReport): string[] {
  if (report.state === 'none') {
    const why = report.failures.length > 0 ? ` (${report.failures.join(', ')})` : '';
    return [`${file}: no content credentials${why}`];
  }
  const verdict = report.valid
    ? 'content credentials hold'
    : `content credentials do NOT hold (${report.failures.join(', ')})`;
  const rows = [
    ['made by', report.generator],
    ['signed by', report.signer && `${report.signer}${report.trusted ? '' : ' (not a known authority)'}`],
    ['actions', report.actions.join(', ')],
    ['source type', report.digitalSourceType],
    ['consent', report.consent && `${report.consent.text} (${report.consent.time})`],
    ['not signed', report.unsigned?.map(({ part, bytes }) => `${part} (${bytes} bytes)`).join(', ')],
    ...report.inputs.map(({ role, sha256 }) => [role, `sha256 ${sha256}`]),
  ];
  const lines = rows.filter(([, value]) => value).map(([name, value]) => `  ${name?.padEnd(12)}${value}`);
  return [`${file}: ${verdict}`, ...lines];
}
