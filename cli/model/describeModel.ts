import { graphsOf, showShape } from '../../adapters/model/graphContract.ts';
import type { Manifest } from '../../adapters/model/Manifest.ts';
import type { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import type { SpatialSpec, TensorSpec } from '../../core/policy/ModelSpec.ts';
import { textTable } from '../../adapters/terminal/textTable.ts';

type Facts = readonly (readonly [string, string])[];

/** What a package holds, in words and tables. */
export function describeModel(modelPackage: ModelPackage): string {
  const { manifest } = modelPackage;
  const facts = describeFacts(manifest)
    .map(([name, value]) => `${name.padEnd(12)}${value}\n`)
    .join('');
  return [facts, describeGraphs(modelPackage), describeFiles(manifest)].join('\n');
}

function describeFacts(manifest: Manifest): Facts {
  const { image, prompt, diffusion, action, spatial, createdBy, proprio, description } = manifest;
  const pictures = `${image.views.length} × ${image.width}x${image.height}`;
  const steps = `${diffusion.inferenceSteps} of ${diffusion.trainSteps} DDIM steps`;
  const guidance = diffusion.guidanceScale === 1 ? '' : `, guidance ${diffusion.guidanceScale}`;
  const chat = prompt.chat ? `, ${prompt.chat.padsPerView} tokens a picture` : '';
  return [
    ['name', manifest.name],
    ...(description === undefined ? [] : ([['is', description]] as const)),
    ...[...manifest.embodiments].map(([name, arm]): [string, string] => [
      'arm',
      `${name}: statistics ${arm.statisticsKey}, ensemble of ${arm.ensembleHorizon}, ` +
        `${arm.gripper} gripper`,
    ]),
    ['licence', manifest.licence],
    ['made by', `${createdBy.command} at ${createdBy.commit} on ${createdBy.machine}`],
    ['images', `${pictures} (${image.views.join(', ')}), resampled by ${image.resample}${chat}`],
    ['prompt', prompt.template],
    ...describeSpatial(spatial),
    [
      'diffusion',
      `${steps}, predicts the ${diffusion.prediction}, ${diffusion.timestepSpacing}${guidance}`,
    ],
    ['chunk', `${action.horizon} actions of ${action.dim}, rotation as ${action.rotation}`],
    ['reads', proprio ? 'images, instruction, proprioception' : 'images, instruction'],
    ['executes', `an ensemble, or ${manifest.executionHorizon} a chunk`],
  ];
}

function describeSpatial(spatial: SpatialSpec): Facts {
  switch (spatial.mode) {
    case 'heads':
      return [
        ['points', spatial.points.join(', ')],
        ['boxes', spatial.boxes.join(', ')],
        ['trajectory', `${spatial.trajectory} waypoints`],
      ];
    case 'text':
      return [['answers', `in words when asked, at most ${spatial.maxNewTokens} tokens`]];
    case 'none':
      return [['answers', 'none']];
  }
}

function describeGraphs({ manifest, weightFiles }: ModelPackage): string {
  const rows = graphsOf(manifest).map(([name, { file, inputs, outputs }]) => {
    const files = [file, ...(weightFiles.get(name) ?? [])];
    const bytes = files.reduce((sum, part) => sum + (manifest.files.get(part)?.bytes ?? 0), 0);
    return [
      name,
      manifest.files.get(file)?.precision ?? '',
      megabytes(bytes),
      describeTensors(inputs),
      describeTensors(outputs),
    ];
  });
  return textTable(['graph', 'precision', 'MB', 'inputs', 'outputs'], rows);
}

/** Of 10⁶ bytes. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e5 ? 4 : bytes < 1e8 ? 1 : 0);
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
