import { readdirSync } from 'node:fs';
import { constants, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import type { MetricRegistry } from './prometheus.ts';

/** Steps in which the delay of the event loop is measured. */
const DELAY_STEP_MS = 20;

const GC_BOUNDS = [0.001, 0.01, 0.1, 1];

const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** Metrics of one value. */
const SINGLES: readonly (readonly ['counter' | 'gauge', name: string, help: string, read: () => number])[] = [
  [
    'counter',
    'process_cpu_seconds_total',
    'Time of the CPU, in the process and in the kernel for it.',
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  ],
  ['gauge', 'process_start_time_seconds', 'When it began, since 1970.', () => performance.timeOrigin / 1000],
  ['gauge', 'process_resident_memory_bytes', 'Memory that it holds.', () => process.memoryUsage.rss()],
  ['gauge', 'nodejs_heap_size_total_bytes', 'The heap.', () => process.memoryUsage().heapTotal],
  ['gauge', 'nodejs_heap_size_used_bytes', 'Its part in use.', () => process.memoryUsage().heapUsed],
  ['gauge', 'nodejs_external_memory_bytes', 'Buffers and the like.', () => process.memoryUsage().external],
];

/** What is only measured once somebody asks for it. */
export interface ProcessWatch {
  begin(): void;
  end(): void;
}

/** The process's own metrics, named as Prometheus' clients name them, so that their dashboards fit. */
export function addProcessMetrics(registry: MetricRegistry): ProcessWatch {
  for (const [type, name, help, read] of SINGLES) {
    const add = type === 'counter' ? registry.readCounter : registry.readGauge;
    add.call(registry, { name, help, labels: [] }, () => [[{}, read()]]);
  }
  registry.readGauge(
    { name: 'process_open_fds', help: 'Open file descriptors; Linux only.', labels: [] },
    () => openFiles().map((count) => [{}, count]),
  );
  registry.readGauge({ name: 'nodejs_version_info', help: 'Always 1.', labels: ['version'] }, () => [
    [{ version: process.version }, 1],
  ]);
  const watches = [addEventLoop(registry), addGarbageCollection(registry)];
  return {
    begin() {
      for (const watch of watches) watch.begin();
    },
    end() {
      for (const watch of watches) watch.end();
    },
  };
}

function openFiles(): readonly number[] {
  try {
    return [readdirSync('/proc/self/fd').length];
  } catch {
    return [];
  }
}

function addEventLoop(registry: MetricRegistry): ProcessWatch {
  registry.readCounter(
    {
      name: 'nodejs_eventloop_seconds_total',
      help: 'Time that the event loop worked (active) or waited (idle).',
      labels: ['state'],
    },
    () => {
      const { active, idle } = performance.eventLoopUtilization();
      return [
        [{ state: 'active' }, active / 1000],
        [{ state: 'idle' }, idle / 1000],
      ];
    },
  );
  const delays = monitorEventLoopDelay({ resolution: DELAY_STEP_MS });
  registry.readGauge(
    {
      name: 'nodejs_eventloop_lag_seconds',
      help: 'How late the event loop was since the scrape before: mean, p50, p99 and max.',
      labels: ['stat'],
    },
    () => {
      const isEmpty = delays.count === 0;
      const lag = (ns: number) => (isEmpty ? 0 : Math.max(0, ns / 1e9 - DELAY_STEP_MS / 1000));
      const series = [
        [{ stat: 'mean' }, lag(delays.mean)],
        [{ stat: 'p50' }, lag(delays.percentile(50))],
        [{ stat: 'p99' }, lag(delays.percentile(99))],
        [{ stat: 'max' }, lag(delays.max)],
      ] as const;
      delays.reset();
      return series;
    },
  );
  return { begin: () => delays.enable(), end: () => delays.disable() };
}

function addGarbageCollection(registry: MetricRegistry): ProcessWatch {
  const pauses = registry.histogram(
    {
      name: 'nodejs_gc_duration_seconds',
      help: 'Pauses for garbage collection since the first scrape.',
      labels: ['kind'],
    },
    GC_BOUNDS,
  );
  for (const kind of Object.values(GC_KINDS)) pauses.show({ kind });
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const {
        duration,
        detail: { kind },
      } = entry as typeof entry & { readonly detail: { readonly kind: number } };
      pauses.observe({ kind: GC_KINDS[kind] ?? 'other' }, duration / 1000);
    }
  });
  return { begin: () => observer.observe({ entryTypes: ['gc'] }), end: () => observer.disconnect() };
}
