import type { Technique } from '../sim/model/technique.ts';
import { arpInTheMiddle } from './techniques/arp-in-the-middle.ts';
import { botnetEnrol } from './techniques/botnet-enrol.ts';
import { defaultCredentials } from './techniques/default-credentials.ts';
import { floodUplink } from './techniques/flood-uplink.ts';
import { joinWifi } from './techniques/join-wifi.ts';
import { overhearConversation } from './techniques/overhear-conversation.ts';
import { portalSessionTheft } from './techniques/portal-session-theft.ts';
import { replaySession } from './techniques/replay-session.ts';
import { rewriteObservation } from './techniques/rewrite-observation.ts';
import { rewriteOrder } from './techniques/rewrite-order.ts';
import { routerAdminDefault } from './techniques/router-admin-default.ts';
import { scanForService } from './techniques/scan-for-service.ts';
import { supplierAccess } from './techniques/supplier-access.ts';

export { next, stepKey, type Attempt, type NextStep, type Progress } from './adversary.ts';

/** Every technique, by id. */
export const techniques: readonly Technique[] = [
  arpInTheMiddle,
  botnetEnrol,
  defaultCredentials,
  floodUplink,
  joinWifi,
  overhearConversation,
  portalSessionTheft,
  replaySession,
  rewriteObservation,
  rewriteOrder,
  routerAdminDefault,
  scanForService,
  supplierAccess,
];
