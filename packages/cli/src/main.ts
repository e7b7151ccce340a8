import { run } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1); // The reader, such as `head`, has seen enough.
});
process.exitCode = await run(process.argv.slice(2));
