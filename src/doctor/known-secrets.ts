import type { CredentialSource, Credentials } from '../transport/credentials.ts';
import { withoutSecrets } from '../transport/redact.ts';
import type { Check, Fact } from './check.ts';

/** Values of fewer characters open nothing, and would be found in ordinary words. */
const SHORTEST = 4;

/** A value without what a shell or a file of variables may have left around it. */
export function bare(text: string): string {
  return text.replace(/^[\s"']+|[\s"']+$/g, '');
}

/** The keys that were met, so that no finding repeats one, whoever put it there. */
export class KnownSecrets {
  readonly #values = new Set<string>();

  /** The same source, with what it gives remembered. */
  watch(source: CredentialSource): CredentialSource {
    const add = (credentials: Credentials) => this.add(credentials);
    return {
      get description() {
        return source.description;
      },
      async get() {
        const credentials = await source.get();
        add(credentials);
        return credentials;
      },
    };
  }

  add(credentials: Credentials): void {
    for (const value of credentials.revealAll().flatMap((text) => [text, bare(text)])) {
      if (value.length >= SHORTEST) this.#values.add(value);
    }
  }

  /** A check that says nothing of them. */
  purge(check: Check): Check {
    const { finding, hint, facts } = check;
    return {
      ...check,
      finding: this.#text(finding),
      ...(hint === undefined ? {} : { hint: this.#text(hint) }),
      ...(facts === undefined ? {} : { facts: this.#fact(facts) as NonNullable<Check['facts']> }),
    } as Check;
  }

  #text(text: string): string {
    return withoutSecrets(text, [...this.#values]);
  }

  #fact(fact: Fact): Fact {
    if (typeof fact === 'string') return this.#text(fact);
    if (typeof fact !== 'object' || fact === null) return fact;
    if (Array.isArray(fact)) return fact.map((item: Fact) => this.#fact(item));
    return Object.fromEntries(Object.entries(fact).map(([name, value]) => [name, this.#fact(value as Fact)]));
  }
}
