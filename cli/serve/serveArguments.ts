import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { defineCommand } from '../arguments/Command.ts';
import type { Found } from '../arguments/CommandTable.ts';
import { policyUrlOption } from '../arguments/loopOptions.ts';
import { bigInteger, file, folder, integer, text } from '../arguments/Option.ts';
import { robotOption } from '../arguments/shared.ts';

export type ServeArguments = {
  readonly modelFolder: string;
  readonly robot: string;
  readonly host: string;
  readonly port: number;
  readonly apiKeyFile: string | undefined;
  /** PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly client: { readonly folder: string; readonly url: string | undefined } | undefined;
  readonly noiseSeed: bigint;
  readonly threads: number;
};

export const command = defineCommand({
  name: 'serve',
  about:
    'Serves a model package by websocket, without ROS, to clients of openpi, InternVLA-M1 and ' +
    'starVLA; the request shows which it is. Ends with Ctrl-C.',
  positionals: [
    {
      name: 'MODEL',
      help: "the model package, by default the robot's own",
      expected: 'a folder',
      isOptional: true,
      completes: 'folder',
    },
  ],
  options: {
    robot: { ...robotOption, help: 'the arm that clients move' },
    host: text({
      help: 'address to listen on; any but a loopback one needs --api-key-file',
      placeholder: 'ADDRESS',
      default: '127.0.0.1',
    }),
    port: integer({ help: 'port; 0 for a free one', min: 0, max: 65_535, default: 8000 }),
    'api-key-file': file({
      help: 'clients have to send `Authorization: Api-Key …` with the text of this file',
    }),
    'tls-cert': file({ help: 'certificate (PEM); clients then use wss://' }),
    'tls-key': file({ help: 'its key (PEM)' }),
    client: folder({
      help: 'write a manifest there, with which another computer uses this server as a model',
    }),
    'client-url': {
      ...policyUrlOption,
      help: 'the address in it',
      defaultText: 'the one that is printed',
    },
    'noise-seed': bigInteger({
      help: "seed of the denoising's noise",
      placeholder: 'S',
      maxDigits: 18,
      default: 0n,
    }),
    threads: integer({
      help: 'threads of planner and expert, each',
      min: 1,
      max: 256,
      default: 1,
    }),
  },
  build(values, { words, isGiven, refuse }): ServeArguments {
    const { robot, host, port, threads } = values;
    refuseAlone(['tls-cert', 'tls-key'], { isGiven, refuse });
    if (isGiven('client-url') && !isGiven('client'))
      refuse('--client-url: expected --client DIR beside it');
    if (!isLoopback(host) && !isGiven('api-key-file'))
      refuse(`--host: expected --api-key-file FILE beside it, as others can reach ${host}`);
    const [cert, key] = [values['tls-cert'], values['tls-key']];
    const clientFolder = values.client;
    return {
      modelFolder: modelFolder(words[0], robot),
      robot,
      host,
      port,
      apiKeyFile: values['api-key-file'],
      tls: cert === undefined || key === undefined ? undefined : { cert, key },
      client:
        clientFolder === undefined
          ? undefined
          : { folder: clientFolder, url: values['client-url'] },
      noiseSeed: values['noise-seed'],
      threads,
    };
  },
});

function refuseAlone(
  options: readonly [string, string],
  { isGiven, refuse }: Pick<Found, 'isGiven' | 'refuse'>,
): void {
  const [one, other] = options;
  if (isGiven(one) !== isGiven(other)) refuse(`--${one} and --${other}: expected both or none`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
