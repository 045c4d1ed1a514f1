import type { Search } from '../../domain/candidate.ts';
import type { NewPaiModel, PaiModel } from '../../domain/pai-model.ts';
import { parseExactJson } from '../../transport/json.ts';
import type { BackendLink } from '../backend.ts';
import { asSet, type Forms, fieldsSent, isOlderThan, searchCreated } from '../created-since.ts';
import { readLeniently } from '../lenient.ts';
import { bodyOf, listModels } from './client.ts';
import { readNewest } from './newest.ts';
import { toPaiModel } from './normalise.ts';
import { paiModelWire } from './wire.ts';

const TOLD_AGAIN = [
  'name',
  'description',
  'workspaceId',
  'accessibility',
  'origin',
  'domain',
  'task',
  'documentation',
  'orderNumber',
  'category',
  'extraInfo',
  'parameterSize',
  'labels',
] as const;

const FORMS: Forms<PaiModel> = { labels: asSet };

/** Looks for a model that a create made among those of its name, the newest first: one call for each 100. */
export function searchModel(link: BackendLink, wanted: NewPaiModel): Search<PaiModel> {
  const { name, workspaceId } = wanted;
  return searchCreated(link, {
    sent: asAnswered(link, wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    list: (beganAt) =>
      readNewest(
        link,
        (...page) => listModels(link, { name, workspaceId }, 'DESC', ...page),
        (row) => isOlderThan(link, row, beganAt),
      ),
  });
}

/** The model that the registry would answer if it kept everything as it was sent. */
function asAnswered(link: BackendLink, wanted: NewPaiModel): PaiModel | undefined {
  const { Tag, ...body } = bodyOf(wanted);
  const echo = { ...body, Labels: Tag, ModelId: 'sent' };
  return readLeniently(
    paiModelWire,
    parseExactJson(JSON.stringify(echo)),
    () => undefined,
    (wire, noteOdd) => toPaiModel(wire, link.region, noteOdd),
  );
}
