import type { Gateway } from '../ai-gateway/store.ts';
import { resourceId } from '../identifiers.ts';

/** Ids of the demo gateways, by how many services they hold. */
export const GATEWAY_IDS = {
  none: resourceId('pg-', 'staging', 14),
  dozen: resourceId('pg-', 'production', 14),
  many: resourceId('pg-', 'shared', 14),
} as const;

/** Three gateways: pay-as-you-go and subscription, current and behind on updates. */
export function demoGateways(region: string): Gateway[] {
  const network = {
    RegionId: region,
    VpcId: resourceId('vpc-', region, 21),
    VSwitchId: resourceId('vsw-', region, 21),
  };
  const common = { DbType: 'MySQL', Status: 'ACTIVATION', Expired: false, ...network };
  return [
    {
      ...common,
      ...access(GATEWAY_IDS.dozen, network.VpcId, '1874631'),
      GwDescription: '生产环境 AI 网关',
      ClassCode: 'polar.app.g2.large',
      PayType: 'Prepaid',
      CreateTime: '2025-04-22T08:15:27Z',
      ModifyTime: '2026-03-30T02:19:55Z',
      ExpireTime: '2028-04-22T16:00:00Z',
      CurrentVersion: '1.4.2',
      LatestVersion: '1.5.0',
      RunningVersion: '1.4.2',
    },
    {
      ...common,
      ...access(GATEWAY_IDS.many, network.VpcId, '1874702'),
      GwDescription: 'shared model gateway',
      ClassCode: 'polar.app.g2.xlarge',
      PayType: 'Postpaid',
      CreateTime: '2025-06-03T11:57:54Z',
      ModifyTime: '2026-05-11T09:31:37Z',
      ExpireTime: '',
      CurrentVersion: '1.5.0',
      LatestVersion: '1.5.0',
      RunningVersion: '1.5.0',
    },
    {
      ...common,
      ...access(GATEWAY_IDS.none, network.VpcId, '1880014'),
      GwDescription: 'staging',
      ClassCode: 'polar.app.g2.medium',
      PayType: 'Postpaid',
      CreateTime: '2026-05-20T01:03:10Z',
      ModifyTime: '2026-05-20T01:08:42Z',
      ExpireTime: '',
      // The documented sample leaves all three versions empty.
      CurrentVersion: '',
      LatestVersion: '',
      RunningVersion: '',
    },
  ];
}

function access(gatewayId: string, vpcId: string, tunnelId: string) {
  const endpoint = { GwClusterId: gatewayId, Port: '8080', TunnelId: tunnelId, VpcId: vpcId };
  const host = `${gatewayId}.polardbaigateway.rds.aliyuncs.com`;
  return {
    GwClusterId: gatewayId,
    Endpoints: [
      { ...endpoint, EndpointId: `${gatewayId}-private`, NetType: 'Private', Address: host },
      { ...endpoint, EndpointId: `${gatewayId}-public`, NetType: 'Public', Address: `public-${host}` },
    ],
    SecurityIPArrays: [
      { SecurityIPArrayName: 'default', SecurityIPArrayTag: '', SecurityIPList: '127.0.0.1' },
      {
        SecurityIPArrayName: 'office',
        SecurityIPArrayTag: 'team',
        SecurityIPList: '10.0.0.0/8,172.16.0.0/12',
      },
    ],
  };
}
