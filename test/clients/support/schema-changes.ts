import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';
import { z } from 'zod';

/** Breaking changes that are meant, each in the words of the check, and why. */
const declarations = z.record(z.string(), z.string().min(1));

/**
 * Judges a schema by the released one.
 *
 * @param declared JSON: breaking changes in the words of the check, and the reason of each
 * @returns what is wrong, a line each: breaking changes that nobody declared, declared ones that are none
 */
export async function breakingFaults(
  released: string,
  current: string,
  declared: string,
): Promise<readonly string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  const breaking = new Set(
    changes
      .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
      .map(({ message }) => message),
  );
  const meant = new Set(Object.keys(declarations.parse(JSON.parse(declared))));
  return [
    ...Array.from(breaking.difference(meant)).map(
      (change) =>
        `${change}. Clients break. If it is meant, declare it in test/clients/breaking-changes.json: ${JSON.stringify(change)}: "the reason".`,
    ),
    ...Array.from(meant.difference(breaking)).map(
      (change) =>
        `test/clients/breaking-changes.json declares ${JSON.stringify(change)}, and no such thing has changed.`,
    ),
  ];
}
