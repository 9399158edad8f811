import { SECOND } from '../../sim/kernel/time.ts';
import { defineDevice, type DeviceContext, type DeviceEvent } from '../../sim/model/device.ts';
import type { Body } from '../../sim/model/message.ts';
import type { SettingValue } from '../../sim/model/settings.ts';
import type { PortMap } from '../../sim/model/policy.ts';
import { ADMIN_KINDS, adminEffects, adminMemory, adminTransitions, factoryPassword, uniquePassword, type AdminMemory } from '../admin.ts';
import { hostOf, peers, signedBy } from '../peers.ts';
import { judgeFlows, type RouterFlows } from './router-flows.ts';
import { MANAGEMENT_PORTS, MANAGER_PORT, routerPolicy, startingPolicy, UPNP_PORT } from './router-policy.ts';
import { note, type RouterLog } from './router-log.ts';
import { HOSPITAL_ONLY, routerProfiles, routerSettings } from './router-settings.ts';
import { routerUpdateChannel, routerUpdateEffects, routerUpdateTransitions, type RouterUpdates } from './router-updates.ts';

/**
 * The household's router: access point, firewall, address server. What it lets through is computed from its settings
 * (router-policy.ts) and installed at the start and at every change; the network does the forwarding.
 */
export interface RouterMemory extends AdminMemory, RouterUpdates, RouterLog, RouterFlows {
  isolated: string[];
  portMaps: PortMap[];
  /** Wrong logins since the last right one or the last report of them. */
  wrongLogins: number;
  /** Reports made; names each. */
  alerts: number;
  /** Reports that were not acknowledged yet, by number, and how often each was sent. */
  unsent: Record<string, { body: Body; tries: number }>;
}

type Router = DeviceContext<RouterMemory>;

const ISOLATE = 'isolate.';
/** Syslog over TLS (RFC 5425, port 6514). */
const SYSLOG_PORT = 6514;
/** Application bytes: a UPnP SOAP answer, a syslog line. */
const SOAP_BYTES = 400;
const SYSLOG_BYTES = 300;
/** Places for tries in a report's decision number: sent again it is another message, with luck of its own. */
const REPORT_TRIES = 4096;
/** Rank that an owner's own password has among common ones; guess number n is `word-n`. */
const ownersPassword = (router: Router): string =>
  `word-${Math.floor(router.sample(router.distribution('router.owner-password-rank'), 'owner-password', 0)) + 1}`;

const install = (router: Router): void => router.installPolicy(routerPolicy((name) => router.setting(name), router.memory));

/** Is this the contracted manager, by its certificate? */
function manager(router: Router, event: DeviceEvent): boolean {
  if (!router.setting<boolean>('hdo-managed') || event.message === null) return false;
  const session = router.session(event.message);
  return session.encrypted && session.clientAuth === 'certificate' && peers(router, 'manager').includes(session.credential ?? '');
}

/** Why a setting cannot take a value, or null. */
function unfit(name: string, value: SettingValue): string | null {
  const spec = routerSettings[name];
  if (spec === undefined) return `no setting is called ${name}`;
  const right =
    spec.type === 'flag'
      ? typeof value === 'boolean'
      : spec.type === 'choice'
        ? spec.choices!.includes(String(value))
        : typeof value === 'string';
  return right ? null : `${name} cannot be ${String(value)}`;
}

function set(router: Router, name: string, value: SettingValue): string | null {
  if (name === 'reboot') {
    router.raise('reboot');
    return null;
  }
  if (name.startsWith(ISOLATE)) {
    const device = name.slice(ISOLATE.length);
    const others = router.memory.isolated.filter((one) => one !== device);
    router.memory.isolated = value === true ? [...others, device] : others;
  } else {
    const reason = unfit(name, value);
    if (reason !== null) return reason;
    router.change(name, value);
  }
  note(router, `${name} set to ${String(value)}`);
  return null;
}

const page = adminEffects<RouterMemory>({
  accounts: (router) => {
    const kind = router.setting<string>('admin-password');
    return {
      admin: kind === 'factory' ? factoryPassword(router.kind) : kind === 'unique' ? uniquePassword(router.id) : ownersPassword(router),
    };
  },
  rateLimit: (router) => router.setting<boolean>('login-rate-limit'),
  refusesProgram: (router, event) =>
    router.setting<boolean>('firmware-signed') && !signedBy(router, 'vendor', event.message!)
      ? 'firmware signature missing or wrong'
      : null,
  trusted: manager,
  set,
  read: (router, name) =>
    name === 'firmware' ? router.memory.firmware : name in routerSettings && name !== 'admin-password' ? router.setting(name) : undefined,
});

function report(router: Router, sensor: string, station: string, reason: string, evidence: readonly number[]): void {
  router.alert(sensor, evidence);
  router.memory.alerts++;
  router.memory.unsent[String(router.memory.alerts)] = { body: { sensor, station, reason }, tries: 0 };
  sendReport(router, router.memory.alerts);
}

function sendReport(router: Router, n: number): void {
  const unsent = router.memory.unsent[String(n)];
  if (unsent === undefined) return;
  unsent.tries = Math.min(unsent.tries + 1, REPORT_TRIES - 1);
  router.request('alerts', { kind: 'alert-report', body: unsent.body, bytes: SYSLOG_BYTES, n: n * REPORT_TRIES + unsent.tries });
}
/** The report that this try was of, if no later one was made. */
function reportOf(router: Router, n: number): number | null {
  const report = Math.floor(n / REPORT_TRIES);
  return router.memory.unsent[String(report)]?.tries === n % REPORT_TRIES ? report : null;
}

export const consumerRouter = defineDevice<RouterMemory>({
  kind: 'consumer-router',
  title: 'Consumer router: access point, firewall, administration page, UPnP, flow monitor',
  family: 'network',
  roles: ['router', 'network'],
  settings: routerSettings,
  profiles: routerProfiles,
  supply: 'mains',
  keeps: ['firmware', 'staged', 'checks', 'isolated'],
  memory: () => ({
    admin: adminMemory(),
    isolated: [],
    portMaps: [],
    baselines: {},
    wrongLogins: 0,
    firmware: 1,
    offered: 0,
    staged: 0,
    checks: 0,
    alerts: 0,
    unsent: {},
    log: [],
  }),
  forwards: true,
  listens: [...MANAGEMENT_PORTS, UPNP_PORT, MANAGER_PORT],
  channels: {
    alerts: (router) => ({
      host: hostOf(router, 'manager'),
      port: SYSLOG_PORT,
      transport: 'tcp',
      tls: true,
      verifyServer: true,
      clientAuth: 'none',
      credential: null,
      keepOpen: 0,
    }),
    updates: routerUpdateChannel,
  },
  serves: [...ADMIN_KINDS, 'upnp-map'],
  machine: {
    initial: 'running',
    states: {
      running: {
        entry: ['install', 'planUpdateCheck'],
        exit: ['forgetUpdateCheck'],
        on: {
          ...adminTransitions,
          'admin-login': { actions: ['watchedLogin'] },
          'admin-set': { actions: ['guardedSet'] },
          'upnp-map': [{ cond: (_, event) => event.settings['upnp'] === true, actions: ['mapPort'] }, { actions: ['refuseMap'] }],
          'settings-changed': { actions: ['install'] },
          'flow-report': { cond: (_, event) => event.settings['monitor.flows'] === true, actions: ['watchFlows'] },
          // The line that an attack fills is the one that the report about it has to take.
          'alert-noted': { actions: ['forgetReport'] },
          'alert-report-failed': { actions: ['planResend'] },
          'resend-due': { actions: ['resend'] },
          ...routerUpdateTransitions,
          'image-accepted': { target: 'starting' },
          reboot: { target: 'starting' },
        },
      },
      starting: { entry: ['goDown'], on: { booted: { target: 'running', actions: ['comeUp'] } } },
    },
  },
  effects: {
    ...page,
    install,
    ...routerUpdateEffects,

    /** Counts failed logins beside the page's own handling of them. */
    watchedLogin: (router, event) => {
      const issued = router.memory.admin.issued;
      page.adminLogin(router, event);
      if (router.memory.admin.issued > issued) {
        router.memory.wrongLogins = 0;
        return note(router, 'login');
      }
      router.memory.wrongLogins++;
      note(router, 'login failed');
      if (!router.setting<boolean>('monitor.logins') || router.memory.wrongLogins < router.parameter('router.login-alert')) return;
      router.memory.wrongLogins = 0;
      report(router, 'router.logins', router.deviceAt(event.message!.src) ?? '', 'failed logins', [event.message!.id]);
    },
    guardedSet: (router, event) => {
      const name = String(event.body?.['name'] ?? '');
      if (router.setting<boolean>('hdo-managed') && !manager(router, event) && HOSPITAL_ONLY.some((prefix) => name.startsWith(prefix)))
        return router.refuse(event.message!, 'set by the hospital', 403);
      page.adminSet(router, event);
    },

    mapPort: (router, event) => {
      const device = router.deviceAt(event.message!.src);
      const port = Number(event.body?.['port']);
      const inside = Number(event.body?.['inside']);
      if (device === null || !(port > 0) || !(inside > 0)) return router.refuse(event.message!, 'mapping not understood', 400);
      const taken = router.memory.portMaps.find((map) => map.port === port);
      if (taken !== undefined && taken.device !== device) return router.refuse(event.message!, 'external port is taken', 409);
      // A mapping that is only renewed changes no rule.
      if (taken?.inside !== inside) {
        router.memory.portMaps = [...router.memory.portMaps.filter((map) => map.port !== port), { port, device, inside }];
        note(router, `port ${port} mapped to ${device}`);
        install(router);
      }
      router.reply(event.message!, { kind: 'upnp-mapped', body: { port }, bytes: SOAP_BYTES });
    },
    refuseMap: (router, event) => router.refuse(event.message!, 'UPnP is off', 403),

    watchFlows: (router, event) =>
      judgeFlows(router, event.body!, (station, reason, evidence) => report(router, 'router.flows', station, reason, evidence)),

    forgetReport: (router, event) => {
      delete router.memory.unsent[String(Math.floor(event.n / REPORT_TRIES))];
    },
    planResend: (router, event) => {
      if (reportOf(router, event.n) !== null)
        router.after(Math.round(router.parameter('monitor.resend-after') * SECOND), 'resend-due', event.n);
    },
    resend: (router, event) => {
      const report = reportOf(router, event.n);
      if (report !== null) sendReport(router, report);
    },

    goDown: (router) => {
      router.installPolicy(startingPolicy);
      router.after(Math.round(router.parameter('router.boot-time') * SECOND), 'booted');
    },
    /** Mappings do not survive a restart (TR-124 ACRF.3), nor do logins; rules and settings do (T GEN.OPS: configuration survives power loss). */
    comeUp: (router) => {
      router.memory.portMaps = [];
      router.memory.admin = { ...adminMemory(), issued: router.memory.admin.issued };
      if (router.memory.staged > router.memory.firmware) router.memory.firmware = router.memory.staged;
      note(router, `started with firmware ${router.memory.firmware}`);
      // What failed or fell due meanwhile was not heard. Sent as soon as the rules are back, which this comes before.
      for (const [report, { tries }] of Object.entries(router.memory.unsent))
        router.raise('resend-due', null, Number(report) * REPORT_TRIES + tries);
    },
  },
});
