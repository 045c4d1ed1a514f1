import type { Search } from '../../../domain/candidate.ts';
import type { NewPaiModelVersion, PaiModelVersion } from '../../../domain/pai-model-version.ts';
import { isNotFound } from '../../../errors.ts';
import { parseExactJson } from '../../../transport/json.ts';
import type { BackendLink } from '../../backend.ts';
import { asSet, type Forms, fieldsSent, isOlderThan, searchCreated } from '../../created-since.ts';
import { readLeniently } from '../../lenient.ts';
import { readNewest } from '../newest.ts';
import { bodyOf, getVersion, listVersions } from './client.ts';
import { toPaiModelVersion } from './normalise.ts';
import { paiModelVersionWire } from './wire.ts';

const TOLD_AGAIN = [
  'versionName',
  'uri',
  'description',
  'formatType',
  'frameworkType',
  'approvalStatus',
  'sourceType',
  'sourceRef',
  'labels',
  'metrics',
  'inferenceSpec',
  'trainingSpec',
  'extraInfo',
] as const;

const FORMS: Forms<PaiModelVersion> = { labels: asSet };

/** Looks for a version that a create made: one call where it named it, else one for each 100, the newest first. */
export function searchVersion(
  link: BackendLink,
  modelId: string,
  wanted: NewPaiModelVersion,
): Search<PaiModelVersion> {
  const { versionName } = wanted;
  return searchCreated(link, {
    sent: asAnswered(link, modelId, wanted),
    fields: fieldsSent(wanted, TOLD_AGAIN),
    forms: FORMS,
    list: (beganAt) =>
      versionName === undefined ? listedSince(link, modelId, beganAt) : named(link, modelId, versionName),
  });
}

function listedSince(link: BackendLink, modelId: string, beganAt: number) {
  return readNewest(
    link,
    (...page) => listVersions(link, modelId, {}, ...page, 'DESC'),
    (row) => isOlderThan(link, row, beganAt),
  );
}

/** Source: names are unique within a model. */
async function named(
  link: BackendLink,
  modelId: string,
  versionName: string,
): Promise<readonly PaiModelVersion[]> {
  try {
    return [await getVersion(link, modelId, versionName)];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** The version that the registry would answer if it kept everything as it was sent. */
function asAnswered(
  link: BackendLink,
  modelId: string,
  wanted: NewPaiModelVersion,
): PaiModelVersion | undefined {
  const echo = { ...bodyOf(wanted), VersionName: wanted.versionName ?? 'sent' };
  return readLeniently(
    paiModelVersionWire,
    parseExactJson(JSON.stringify(echo)),
    () => undefined,
    (wire, noteOdd) => toPaiModelVersion(wire, { modelId, region: link.region }, noteOdd),
  );
}
