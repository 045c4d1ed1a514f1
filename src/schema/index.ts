import './node.ts';
import './subgraph.ts';
import './model.ts';
import './model-mutations.ts';
import './model-batch.ts';
import './billing-rule.ts';
import './billing-rule-mutations.ts';
import './model-provider.ts';
import './pai-model.ts';
import './pai-model-mutations.ts';
import './pai-model-version.ts';
import './pai-model-version-mutations.ts';
import './workspace.ts';
import './ai-gateway.ts';
import './model-service.ts';
import './model-service-mutations.ts';
import './cost-rule.ts';
import './cost-rule-mutations.ts';
import './model-api.ts';
import './model-api-mutations.ts';
import './sources.ts';
import './catalog/index.ts';
import './joins.ts';
import './catalog-events.ts';
import { type GraphQLSchema, specifiedDirectives } from 'graphql';
import { builder } from '../builder.ts';
import { withShares } from '../cost/costly-fields.ts';
import { deferDirective } from '../defer.ts';
import { withEvents } from './mutation-events.ts';

/** The graph, its fields and values in the order they are declared. */
export const schema: GraphQLSchema = withEvents(
  withShares(builder.toSchema({ sortSchema: false, directives: [...specifiedDirectives, deferDirective] })),
);
