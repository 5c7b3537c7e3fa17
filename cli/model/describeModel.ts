import { showShape } from '../../adapters/model/graphContract.ts';
import type { Manifest } from '../../adapters/model/Manifest.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { GRAPH_NAMES, type TensorSpec } from '../../core/policy/ModelSpec.ts';
import { textTable } from './textTable.ts';

/** What a package holds, in words and tables; rejects when its files are not whole. */
export async function describeModel(folder: string): Promise<string> {
  const { manifest } = await ModelPackage.load(folder);
  const facts = describeFacts(manifest)
    .map(([name, value]) => `${name.padEnd(12)}${value}\n`)
    .join('');
  return [facts, describeGraphs(manifest), describeFiles(manifest)].join('\n');
}

function describeFacts(manifest: Manifest): readonly (readonly [string, string])[] {
  const { image, prompt, diffusion, action, ensemble, spatial, createdBy, proprio } = manifest;
  const pictures = `${image.views.length} × ${image.width}x${image.height}`;
  const steps = `${diffusion.inferenceSteps} of ${diffusion.trainSteps} DDIM steps`;
  const facts: [string, string][] = [
    ['name', manifest.name],
    ['embodiment', manifest.embodiment],
    ['licence', manifest.licence],
    ['made by', `${createdBy.command} at ${createdBy.commit} on ${createdBy.machine}`],
    ['images', `${pictures} (${image.views.join(', ')}), resampled by ${image.resample}`],
    ['prompt', prompt.template],
    ['points', spatial.points.join(', ')],
    ['boxes', spatial.boxes.join(', ')],
    ['trajectory', `${spatial.trajectory} waypoints`],
    ['diffusion', `${steps}, predicts the ${diffusion.prediction}, ${diffusion.timestepSpacing}`],
    ['chunk', `${action.horizon} actions of ${action.dim}, statistics ${action.statisticsKey}`],
    ['reads', proprio ? 'images, instruction, proprioception' : 'images, instruction'],
    ['executes', `ensemble of ${ensemble.horizon}, or ${manifest.executionHorizon} a chunk`],
  ];
  if (manifest.description !== undefined) facts.splice(1, 0, ['is', manifest.description]);
  return facts;
}

function describeGraphs(manifest: Manifest): string {
  const rows = GRAPH_NAMES.map((name) => {
    const graph = manifest.graphs[name];
    return [name, describeTensors(graph.inputs), describeTensors(graph.outputs)];
  });
  return textTable(['graph', 'inputs', 'outputs'], rows);
}

function describeTensors(tensors: ReadonlyMap<string, TensorSpec>): string {
  return [...tensors].map(([name, { shape }]) => `${name}${showShape(shape)}`).join(' ');
}

function describeFiles(manifest: Manifest): string {
  const files = [...manifest.files];
  const rows = files.map(([name, { bytes, precision, sha256 }]) => [
    name,
    String(bytes),
    precision ?? '',
    sha256.slice(0, 12),
  ]);
  const total = files.reduce((sum, [, file]) => sum + file.bytes, 0);
  return textTable(['file', 'bytes', 'precision', 'sha256'], [...rows, ['total', String(total)]]);
}
