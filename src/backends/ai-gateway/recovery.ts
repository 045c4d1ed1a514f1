import type { Search } from '../../domain/candidate.ts';
import { shortestDecimal } from '../../domain/decimal.ts';
import type { ModelService, NewModelService } from '../../domain/model-service.ts';
import type { BackendLink } from '../backend.ts';
import { type Forms, fieldsSent, ignoringCase, searchCreated } from '../created-since.ts';
import { readLeniently } from '../lenient.ts';
import { createParameters, listServices } from './client.ts';
import { toModelService } from './normalise.ts';
import { readWholeList } from './whole-list.ts';
import { modelServiceWire } from './wire.ts';

const TOLD_AGAIN = [
  'name',
  'category',
  'protocol',
  'baseUrl',
  'vendor',
  'inputCostPointsPerMillion',
  'outputCostPointsPerMillion',
  'requestCostPoints',
] as const;

const FORMS: Forms<ModelService> = {
  category: ignoringCase,
  inputCostPointsPerMillion: shortestDecimal,
  outputCostPointsPerMillion: shortestDecimal,
  requestCostPoints: shortestDecimal,
};

/**
 * Looks for a service that a create made: one call for each 100 that bear the name. Of the key what a preview shows is
 * compared.
 */
export function searchService(link: BackendLink, wanted: NewModelService): Search<ModelService> {
  const { gatewaySourceId, name } = wanted;
  return searchCreated(link, {
    sent: asAnswered(link, wanted),
    fields: [...fieldsSent(wanted, TOLD_AGAIN), 'apiKeyPreview'],
    forms: FORMS,
    list: () =>
      readWholeList(
        (...page) => listServices(link, gatewaySourceId, { name }, ...page),
        ({ sourceId }) => sourceId,
        'More services match the name than one request reads.',
      ),
  });
}

/** The service that the backend would answer if it kept everything as it was sent. */
function asAnswered({ region }: BackendLink, wanted: NewModelService): ModelService | undefined {
  const echo = { ...createParameters(wanted), ModelServiceId: 'sent' };
  const place = { region, gatewaySourceId: wanted.gatewaySourceId };
  return readLeniently(
    modelServiceWire,
    echo,
    () => undefined,
    (wire, noteOdd) => toModelService(wire, place, noteOdd),
  );
}
