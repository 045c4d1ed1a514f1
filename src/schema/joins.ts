import { builder, type ObjectTypeRef } from '../builder.ts';
import type { Context } from '../context.ts';
import { payOnce } from '../cost/ledger.ts';
import { type OnceRead, sharedCosts } from '../cost/statement.ts';
import type { Model } from '../domain/model.ts';
import type { ModelService } from '../domain/model-service.ts';
import { KeptOn } from '../kept-on.ts';
import { everyGateway, GATEWAY_LIST, MAX_GATEWAYS } from './ai-gateway.ts';
import { connectRows, joinConnectionType, type WindowArgs, windowArgs } from './connection.ts';
import { type Eventually, whenThere } from './eventually.ts';
import { furtherPages, wholeListCost } from './list-cost.ts';
import { EVERY_MODEL, model, modelConnection } from './model.ts';
import { EVERY_SERVICE, gatewaysOf, modelService } from './model-service.ts';
import { paiModel } from './pai-model.ts';
import { registerReadAhead } from './read-ahead.ts';
import { readWholeList } from './whole-list.ts';

/*
 * What no backend can say alone. Names and codes are compared after trimming and without regard to letter case. The
 * backends can search for neither, so each side is read whole, once for each request, whatever number of rows asks:
 * an index is built then, and the pages of a join are cut from it.
 */

/** Why two objects of different backends were joined. */
type MatchReason = 'NAME' | 'COST_RULE';

/** The other side of a match, and why it matched. */
interface Match<Row> {
  readonly node: Row;
  readonly matchedBy: readonly MatchReason[];
}

const fold = (text: string) => text.trim().toLowerCase();

/** The cost rules of that many gateways, read whole. */
function everyRule(gateways: number): OnceRead {
  return { what: 'every cost rule of every AI gateway', calls: gateways };
}

const REMEDY = 'ask for fewer at a time by the filters of their own list';
const OTHER_SIDE =
  'ask modelServices for the services of one, by its gatewaySourceId, and those for their models';

interface Kept {
  /** Writes to its sources, which only ever grow. */
  readonly generations: number;
  value: Eventually<unknown>;
}

/** What a request has built, by what it is and, beneath, whose. */
type KeptByWhat = Map<string, Map<string, Kept>>;

const keptByRequest = new KeptOn<Context, KeptByWhat>();

/** Of a whole account. */
const OF_ALL = '';
const ROUTER = ['MODEL_ROUTER'];
const GATEWAY = ['AI_GATEWAY'];
const BOTH = [...ROUTER, ...GATEWAY];

/** Builds once a request, and anew where a mutation of the request wrote to one of `sources` since. */
function once<T>(
  context: Context,
  what: string,
  of: string,
  sources: readonly string[],
  build: () => Promise<T>,
): Eventually<T> {
  const kept = keptOf(context, what);
  let generations = 0;
  for (const source of sources) generations += context.status.generation(source);
  const known = kept.get(of);
  if (known?.generations === generations) return known.value as Eventually<T>;
  const value = build();
  const building: Kept = { generations, value };
  kept.set(of, building);
  const keepBuilt = (built: T) => {
    building.value = built;
  };
  // A failure is for those who asked.
  value.then(keepBuilt, () => undefined);
  return value;
}

function keptOf(context: Context, what: string): Map<string, Kept> {
  let byWhat = keptByRequest.get(context);
  if (byWhat === undefined) {
    byWhat = new Map();
    keptByRequest.set(context, byWhat);
  }
  let kept = byWhat.get(what);
  if (kept === undefined) {
    kept = new Map();
    byWhat.set(what, kept);
  }
  return kept;
}

/** Model Router models by folded code, in their backend's order. */
function modelsByCode(context: Context): Eventually<ReadonlyMap<string, readonly Model[]>> {
  return once(context, 'models', OF_ALL, ROUTER, async () => {
    const list = context.sessions.modelRouter.models({});
    const models = await payOnce(EVERY_MODEL.what, () =>
      readWholeList(list, ({ sourceId }) => sourceId, 'models of the Model Router', REMEDY),
    );
    const coded = models.filter(({ modelCode }) => modelCode !== undefined);
    return Map.groupBy(coded, ({ modelCode = '' }) => fold(modelCode));
  });
}

/** Folded codes that the cost rules of a gateway name, by service. */
function ruleCodesByService(
  gatewaySourceId: string,
  context: Context,
): Eventually<ReadonlyMap<string, ReadonlySet<string>>> {
  return once(context, 'rules', gatewaySourceId, GATEWAY, async () => {
    const rules = await payOnce(everyRule(1).what, () =>
      context.sessions.aiGateway.costRulesOfGateway(gatewaySourceId),
    );
    const byService = new Map<string, Set<string>>();
    for (const { modelServiceSourceId, modelName } of rules) {
      const codes = byService.get(modelServiceSourceId);
      if (codes === undefined) byService.set(modelServiceSourceId, new Set([fold(modelName)]));
      else codes.add(fold(modelName));
    }
    return byService;
  });
}

/** The services of every gateway by each folded code they serve, in gateway order and their backend's. */
function servicesByCode(context: Context): Eventually<ReadonlyMap<string, readonly Match<ModelService>[]>> {
  return once(context, 'services', OF_ALL, GATEWAY, () => buildServiceIndex(context));
}

async function buildServiceIndex(
  context: Context,
): Promise<ReadonlyMap<string, readonly Match<ModelService>[]>> {
  const gateways = await everyGateway(context, OTHER_SIDE);
  const parts = await Promise.all(
    gateways.map(async ({ sourceId }) => {
      const [services, codes] = await Promise.all([
        payOnce(EVERY_SERVICE.what, () => context.sessions.aiGateway.allServices(sourceId)),
        ruleCodesByService(sourceId, context),
      ]);
      return services.map((node) => ({ node, codes: codes.get(node.sourceId) ?? NO_CODES }));
    }),
  );
  const index = new Map<string, Match<ModelService>[]>();
  for (const { node, codes } of parts.flat()) {
    for (const code of new Set([fold(node.name), ...codes])) {
      const matches = index.get(code) ?? [];
      index.set(code, matches);
      matches.push({ node, matchedBy: reasons(fold(node.name), codes, code) });
    }
  }
  return index;
}

function reasons(name: string, ruleCodes: ReadonlySet<string>, code: string): readonly MatchReason[] {
  const found: MatchReason[] = [];
  if (name === code) found.push('NAME');
  if (ruleCodes.has(code)) found.push('COST_RULE');
  return found;
}

/** What is in an index for one of its texts; rows that a create made may promise theirs. */
function rowsFor<Row>(
  text: Eventually<string | undefined>,
  index: () => Eventually<ReadonlyMap<string, readonly Row[]>>,
): Eventually<readonly Row[]> {
  return whenThere(text, (told) =>
    told === undefined ? NO_ROWS : whenThere(index(), (rows) => rows.get(fold(told)) ?? NO_ROWS),
  );
}

/** What the services of a gateway are joined by. */
function modelIndex(gatewaySourceId: string, context: Context) {
  return once(context, 'models and rules', gatewaySourceId, BOTH, () =>
    Promise.all([modelsByCode(context), ruleCodesByService(gatewaySourceId, context)]),
  );
}

const NO_ROWS: readonly never[] = [];
const NO_CODES: ReadonlySet<string> = new Set();

function modelsOf(service: ModelService, context: Context): Eventually<readonly Match<Model>[]> {
  return whenThere(modelIndex(service.gatewaySourceId, context), ([models, codes]) =>
    whenThere(service.name, (name) => matchesOf(fold(name), codes.get(service.sourceId) ?? NO_CODES, models)),
  );
}

function matchesOf(
  name: string,
  ruleCodes: ReadonlySet<string>,
  models: ReadonlyMap<string, readonly Model[]>,
): readonly Match<Model>[] {
  const matches: Match<Model>[] = [];
  const addModels = (code: string) => {
    const found = models.get(code);
    if (found === undefined) return;
    const matchedBy = reasons(name, ruleCodes, code);
    for (const node of found) matches.push({ node, matchedBy });
  };
  addModels(name);
  for (const code of ruleCodes) if (code !== name) addModels(code);
  return matches;
}

const matchReason = builder.enumType('CatalogMatchReason', {
  description: 'Why two objects of different backends were joined.',
  values: {
    NAME: { description: "The service's name is the model's code." },
    COST_RULE: { description: "A cost rule of the service names the model's code." },
  },
});

/** A connection whose edges say why they matched. */
function matchConnection<Node>(name: string, node: ObjectTypeRef<Node>, rows: string) {
  const { connection, edge } = joinConnectionType<Node, Match<Node>>(name, node, rows);
  builder.objectField(edge, 'matchedBy', (t) =>
    t.field({
      type: [matchReason],
      nullable: false,
      description: 'Why it matched: one reason or both.',
      resolve: ({ node: match }) => [...match.matchedBy],
    }),
  );
  return connection;
}

const modelServices = matchConnection('ModelModelServices', modelService, 'services that serve the model');
const serviceModels = matchConnection('ModelServiceModels', model, 'models that the service serves');

registerReadAhead('Model.modelServices', {
  once: [EVERY_SERVICE, everyRule(MAX_GATEWAYS)],
  read: servicesByCode,
});

builder.objectField(model, 'modelServices', (t) =>
  t.field({
    type: modelServices,
    description:
      'AI-gateway services that serve this model, in gateway order, and why each one matched. For a whole request, however many models ask: one DescribeGatewayList, and for each gateway one DescribeModelServices for each 100 services and one DescribeCostRules for each 100 rules. At most 5,000 of each.',
    args: { ...windowArgs },
    extensions: sharedCosts<WindowArgs>((asked) =>
      wholeListCost(
        asked,
        {
          once: [GATEWAY_LIST, EVERY_SERVICE, everyRule(MAX_GATEWAYS)],
          reserve: [furtherPages('AI_GATEWAY', 2)],
        },
        gatewaysOf,
      ),
    ),
    resolve: (of, window, context) =>
      connectRows(
        ['Model.modelServices', of.sourceId],
        () => rowsFor(of.modelCode, () => servicesByCode(context)),
        window,
      ),
  }),
);

registerReadAhead('ModelService.models', {
  once: [EVERY_MODEL, everyRule(1)],
  read: (context, gateway) => modelIndex(gateway, context),
});

builder.objectField(modelService, 'models', (t) =>
  t.field({
    type: serviceModels,
    description:
      'Model Router models this service serves, and why each one matched. For a whole request, however many services ask: one ModelRouterQueryModelList for each 100 models, and for each gateway one DescribeCostRules for each 100 rules. At most 5,000 of each.',
    args: { ...windowArgs },
    extensions: sharedCosts<WindowArgs>((asked) =>
      wholeListCost(asked, {
        once: [EVERY_MODEL, everyRule(asked.of.owners)],
        reserve: [furtherPages('MODEL_ROUTER'), furtherPages('AI_GATEWAY')],
      }),
    ),
    resolve: (service, window, context) =>
      connectRows(
        ['ModelService.models', service.region, service.gatewaySourceId, service.sourceId],
        () => modelsOf(service, context),
        window,
      ),
  }),
);

registerReadAhead('PaiModel.models', { once: [EVERY_MODEL], read: modelsByCode });

builder.objectField(paiModel, 'models', (t) =>
  t.field({
    type: modelConnection,
    description:
      "Model Router models with the same code as this model's name. For a whole request, however many models ask: one ModelRouterQueryModelList for each 100 models, at most 5,000.",
    args: { ...windowArgs },
    extensions: sharedCosts<WindowArgs>((asked) =>
      wholeListCost(asked, { once: [EVERY_MODEL], reserve: [furtherPages('MODEL_ROUTER')] }),
    ),
    resolve: (of, window, context) =>
      connectRows(
        ['PaiModel.models', of.region, of.sourceId],
        () => rowsFor(of.name, () => modelsByCode(context)),
        window,
      ),
  }),
);
