import { describe, expect, it } from 'vitest';
import { Roster } from '../../../src/transport/roster.ts';

const named = (name: string) => ({ name });
const namesOf = (roster: Roster<{ name: string }>) => roster.values().map(({ name }) => name);

describe('a roster', () => {
  it('keeps the order of coming, whoever leaves', () => {
    const roster = new Roster<{ name: string }>();
    const [first, , third, last] = ['first', 'second', 'third', 'last'].map((name) =>
      roster.add(named(name)),
    );
    if (first === undefined || third === undefined || last === undefined) throw new Error('not added');
    roster.remove(third);
    expect([namesOf(roster), roster.size]).toEqual([['first', 'second', 'last'], 3]);
    roster.remove(first);
    roster.remove(last);
    expect([namesOf(roster), roster.size]).toEqual([['second'], 1]);
    roster.add(named('new'));
    expect(roster.takeFirst()?.name).toBe('second');
    expect(roster.takeFirst()?.name).toBe('new');
    expect([roster.takeFirst(), roster.size]).toEqual([undefined, 0]);
  });

  it('takes nothing else out for one that has left already', () => {
    const roster = new Roster<{ name: string }>();
    const standing = roster.add(named('gone'));
    roster.add(named('stays'));
    roster.remove(standing);
    roster.remove(standing);
    expect([namesOf(roster), roster.size]).toEqual([['stays'], 1]);
  });

  it('holds nothing of those who have left, nor do they hold each other', () => {
    const roster = new Roster<{ name: string }>();
    const standings = ['one', 'two', 'three'].map((name) => roster.add(named(name)));
    for (const standing of standings) roster.remove(standing);
    for (const standing of standings)
      expect(standing).toEqual({ value: undefined, before: undefined, behind: undefined });
  });
});
