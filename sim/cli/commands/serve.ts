import { basename, extname } from 'node:path';
import { Command } from 'commander';
import { StudyFeed } from '../../server/feed.ts';
import { openServer, untilInterrupted, withServeOptions } from '../live.ts';
import type { ServeFlags } from '../live.ts';
import type { Terminal } from '../output.ts';
import { fileReader, openProject } from '../project.ts';
import { StudyService } from '../study-service.ts';

export const studyNames = (): readonly string[] => fileReader.list('scenarios/studies').map((name) => basename(name, extname(name)));

/** `homeward serve`: the viewer, until Ctrl-C. */
export const serveCommand = (terminal: Terminal): Command =>
  withServeOptions(new Command('serve').description('Serve the viewer until Ctrl-C.')).action(async (flags: ServeFlags) => {
    // A library that does not hold is said here, not first in the browser.
    openProject();
    const feed = new StudyFeed();
    const service = new StudyService(feed, studyNames());
    const server = await openServer(flags, feed, studyNames(), (message, reply) => service.handle(message, reply), terminal);
    terminal.out(`Homeward serves ${server.url} (Ctrl-C ends)`);
    await untilInterrupted(server);
    service.stop();
  });
