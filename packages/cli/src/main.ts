import { stopForReader } from './interrupt.ts';
import { run } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') stopForReader();
  else process.exit(1);
});
process.exitCode = await run(process.argv.slice(2));
