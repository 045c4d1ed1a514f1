import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

/*
 * Loaded before the gateway by the profile: a first signal begins to record, a second one writes what was recorded to
 * PROFILE_FILE. So the start and the warm-up are not in it.
 */

const SAMPLING_INTERVAL_US = 200;

const session = new Session();
session.connect();
let isRecording = false;

async function toggle(): Promise<void> {
  if (!isRecording) {
    isRecording = true;
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(process.env['PROFILE_FILE'] ?? 'profile.cpuprofile', JSON.stringify(profile));
}

process.on('SIGUSR2', () => void toggle());
