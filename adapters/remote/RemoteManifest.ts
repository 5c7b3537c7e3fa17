import type { Fault } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';
import type { ModelOutline } from '../../core/policy/ModelSpec.ts';
import { readEmbodiments } from '../model/embodimentSection.ts';
import { readAction, readImageSize } from '../model/manifestSections.ts';

export const REMOTE_DIALECTS = ['openpi', 'internvla_m1', 'starvla'] as const;

export type RemoteDialect = (typeof REMOTE_DIALECTS)[number];

/** What stands for the arm in a request; see `PolicyRequest.state`. */
export const STATE_FORMS = ['none', 'roll_pitch_yaw', 'quaternion'] as const;

/** Where a policy server is, and how to speak with it. */
export type RemoteSpec = {
  readonly url: string;
  readonly dialect: RemoteDialect;
  readonly state: (typeof STATE_FORMS)[number];
  /** Names of the pictures in a request, one for each view; of openpi's clients only. */
  readonly imageKeys: readonly string[];
  /** Send the control step, for a server that continues its last chunk; ours does. */
  readonly sendsTick: boolean;
  readonly timeoutSec: number;
};

/** The manifest of a model that runs elsewhere, as docs/remote.md describes it. */
export type RemoteManifest = ModelOutline & {
  readonly remote: RemoteSpec;
  /** File of the statistics, for a server that does not un-normalise. */
  readonly statisticsFile: string | undefined;
};

export type RemoteManifestResult =
  | { readonly ok: true; readonly manifest: RemoteManifest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const SECTIONS = [
  'format_version',
  'name',
  'description',
  'embodiment',
  'embodiments',
  'image',
  'action',
  'ensemble',
  'execution_horizon',
  'statistics',
  'remote',
] as const;

/** Whether a manifest, parsed from JSON, is of a model that runs elsewhere. */
export function isRemoteManifest(json: unknown): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, 'remote');
}

/** Reads the manifest of a model that runs elsewhere; all faults at once. */
export function parseRemoteManifest(json: unknown, source: string): RemoteManifestResult {
  const faults: Fault[] = [];
  const root = new FieldReader(json, source, faults).object(SECTIONS);
  root.at('format_version').oneOf([1]);
  if (root.at('description').present) root.at('description').string();
  const action = readAction(root.at('action'));
  const image = root.at('image').object(['width', 'height', 'resample', 'views']);
  const size = readImageSize(image);
  const remote = readRemote(root.at('remote'), size.views);
  const statistics = root.at('statistics');
  if (remote.dialect === 'internvla_m1' || statistics.present) statistics.object(['file']);
  const file = statistics.present ? statistics.at('file').string() : undefined;
  const manifest: RemoteManifest = {
    name: root.at('name').string(),
    embodiments: readEmbodiments(root, action.horizon),
    image: size,
    spatial: { mode: 'none' },
    action,
    ensembleAlpha: root.at('ensemble').at('alpha').number({ min: 0 }),
    executionHorizon: root
      .at('execution_horizon')
      .integer({ min: 1, max: Math.max(1, action.horizon) }),
    statisticsFile: file,
    remote,
  };
  if (file !== undefined && (file.includes('/') || file.includes('\\') || file.startsWith('.')))
    statistics.at('file').fault('the name of a file in the folder');
  return faults.length === 0 ? { ok: true, manifest } : { ok: false, faults };
}

function readRemote(remote: FieldReader, views: readonly string[]): RemoteSpec {
  remote.object(['url', 'dialect', 'state', 'image_keys', 'sends_tick', 'timeout_sec']);
  const dialect = remote.at('dialect').oneOf(REMOTE_DIALECTS);
  const url = remote.at('url').string();
  const fault = urlFault(url);
  if (fault !== undefined) remote.at('url').fault(fault);
  const keys = remote.at('image_keys');
  const imageKeys = keys.present ? keys.list((key) => key.string()) : [];
  if (dialect === 'openpi' && imageKeys.length !== views.length)
    keys.fault(`as many names as there are views, ${views.length}`);
  const tick = remote.at('sends_tick');
  const timeout = remote.at('timeout_sec');
  return {
    url,
    dialect,
    state: remote.at('state').oneOf(STATE_FORMS),
    imageKeys,
    sendsTick: tick.present ? tick.boolean() : false,
    timeoutSec: timeout.present ? timeout.number({ above: 0, max: 600 }) : 2,
  };
}

/** Why a text is no address of a policy server; undefined where it is one. */
export function urlFault(url: string): string | undefined {
  const expected = 'an address that begins with ws:// or wss://';
  if (!URL.canParse(url)) return expected;
  const { protocol, username, password, hash } = new URL(url);
  if (protocol !== 'ws:' && protocol !== 'wss:') return expected;
  return username + password + hash === '' ? undefined : 'no name, password or fragment in it';
}
