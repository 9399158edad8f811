import { describe, expect, it } from 'vitest';
import { checkLayers } from './layers.ts';
import { readSource, sourceFiles } from './source.ts';

const complaintsAbout = (file: string, text: string): string[] => checkLayers(file, text).map((complaint) => complaint.message);

describe('the layers of the house', () => {
  it('are kept by every source file', () => {
    const files = sourceFiles(['sim', 'devices', 'attacks', 'viewer']);
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap((file) => checkLayers(file, readSource(file)))).toEqual([]);
  });

  const broken: readonly (readonly [why: string, file: string, text: string])[] = [
    ['the kernel imports the network', 'sim/kernel/calendar.ts', "import { Link } from '../network/link.ts';"],
    ['a type import counts too', 'sim/kernel/calendar.ts', "import type { Message } from '../model/message.ts';"],
    ['so does a re-export', 'sim/network/link.ts', "export * from '../world/run.ts';"],
    ['so does an inline import type', 'sim/network/link.ts', "export type W = import('../world/run.ts').World;"],
    ['so does a dynamic import', 'sim/world/run.ts', "export const load = () => import('../study/pool.ts');"],
    ['the world imports a device', 'sim/world/run.ts', "import { devices } from '../../devices/index.ts';"],
    ['the world imports a technique', 'sim/world/run.ts', "import { techniques } from '../../attacks/index.ts';"],
    ['the world imports the catalogue', 'sim/world/run.ts', "import { catalogue } from '../catalogue.ts';"],
    ['the study outside its worker imports the catalogue', 'sim/study/pool.ts', "import { catalogue } from '../catalogue.ts';"],
    ['the viewer outside its worker imports the catalogue', 'viewer/main.ts', "import { catalogue } from '../sim/catalogue.ts';"],
    ['a device imports the network', 'devices/home/camera.ts', "import { Link } from '../../sim/network/link.ts';"],
    ['a device imports more of the kernel', 'devices/home/camera.ts', "import { draw } from '../../sim/kernel/draws.ts';"],
    ['a device imports a technique', 'devices/home/camera.ts', "import { flood } from '../../attacks/techniques/flood.ts';"],
    ['a technique imports a device', 'attacks/techniques/flood.ts', "import { camera } from '../../devices/home/camera.ts';"],
    ['a technique imports the world', 'attacks/techniques/flood.ts', "import type { World } from '../../sim/world/run.ts';"],
    ['the engine imports a module of Node', 'sim/scenario/load.ts', "import { readFileSync } from 'node:fs';"],
    ['the engine imports a package', 'sim/stats/interval.ts', "import { mean } from 'd3';"],
    ['the engine hides a path', 'sim/world/run.ts', 'export const load = (name: string) => import(name);'],
    ['the viewer imports the server', 'viewer/main.ts', "import { serve } from '../sim/server/serve.ts';"],
    ['the study imports the command line', 'sim/study/pool.ts', "import { print } from '../cli/print.ts';"],
    ['a file lies outside the rooms', 'sim/misc/util.ts', "import { log } from '../kernel/math.ts';"],
  ];
  it.each(broken)('complains when %s', (_why, file, text) => {
    expect(complaintsAbout(file, text)).toHaveLength(1);
  });

  const kept: readonly (readonly [why: string, file: string, text: string])[] = [
    [
      'the network uses contracts and kernel',
      'sim/network/link.ts',
      "import type { Message } from '../model/message.ts'; import { log } from '../kernel/math.ts';",
    ],
    [
      'a device uses its contract, its folder and units',
      'devices/home/camera.ts',
      "import { defineDevice } from '../../sim/model/device.ts'; import { admin } from '../shared/admin.ts'; import { SECOND } from '../../sim/kernel/time.ts';",
    ],
    ['composition roots use the catalogue', 'viewer/worker.ts', "import { catalogue } from '../sim/catalogue.ts';"],
    ['the scenario room parses YAML', 'sim/scenario/load.ts', "import { parseDocument } from 'yaml'; import { z } from 'zod';"],
    [
      'an import is only talked about',
      'sim/kernel/calendar.ts',
      "// import { x } from '../world/run.ts'\nexport const text = \"import { x } from '../world/run.ts'\";",
    ],
  ];
  it.each(kept)('is content when %s', (_why, file, text) => {
    expect(complaintsAbout(file, text)).toEqual([]);
  });
});
