import type { DeviceModel } from '../../sim/model/device.ts';
import { consumerRouter } from './consumer-router.ts';
import { dnsResolver } from './dns-resolver.ts';
import { ispGateway } from './isp-gateway.ts';
import { lteGateway } from './lte-gateway.ts';

/** Models of the networks between home and hospital. */
export const networkDevices: readonly DeviceModel[] = [consumerRouter, ispGateway, lteGateway, dnsResolver];
