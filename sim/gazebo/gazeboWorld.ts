import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import { quatConjugate, quatMultiply } from '../../core/math/quat.ts';
import { bodyFromOptical, type CameraModel } from '../render/CameraModel.ts';
import { tableScene } from '../render/objects.ts';
import { isSupportKind } from '../world/bodies.ts';
import { modelOf, restPose, type Scene, type SceneObject } from '../world/Scene.ts';
import { gazeboArm } from './gazeboArm.ts';
import { sdfBox, sdfCollision, sdfInertial, sdfMaterial, sdfPose, sdfShape } from './sdfParts.ts';
import { formatXml, xml, xmlValue, type XmlNode } from './xml.ts';

export type GazeboScene = {
  readonly urdf: UrdfModel;
  readonly embodiment: Embodiment;
  readonly scene: Scene;
  /** The model's view that the camera gives, and the camera, which stands still. */
  readonly view: string;
  readonly camera: CameraModel;
};

/** Each step is a message of the clock and one of joint states; 500 a second of them cost 1.2 cores, 200 half of that. */
const STEP_SEC = 0.005;
const IMAGE_RATE_HZ = 30;
const TABLE_THICKNESS_M = 0.04;
/** Of what is picked up; rubber pads on wood or plastic. */
const FRICTION = 1;

/**
 * Topics of Gazebo for a view; the bridge gives them to ROS under the same relative names. Gazebo's own
 * rule makes the second one of the first.
 */
export const cameraTopics = (view: string) => ({
  image: `/camera/${view}/image_raw`,
  info: `/camera/${view}/camera_info`,
});

/**
 * An SDF world (version 1.9, for Gazebo Harmonic and later): the arm of a URDF at the table, the
 * objects of a scene where the embedded simulator puts them, and the camera of the model.
 */
export function gazeboWorld(spec: GazeboScene): string {
  const { scene, urdf, embodiment, view, camera } = spec;
  const world = xml(
    'world',
    { name: scene.task },
    xml(
      'physics',
      { name: 'step', type: 'ignored' },
      xmlValue('max_step_size', STEP_SEC),
      xmlValue('real_time_factor', 1),
    ),
    systemPlugins(),
    xmlValue('gravity', [0, 0, -9.81]),
    xml('scene', {}, xmlValue('ambient', [0.5, 0.5, 0.5, 1]), xmlValue('shadows', true)),
    sun(),
    surroundings(),
    scene.objects.map(objectModel),
    cameraModel(view, camera),
    gazeboArm(urdf, embodiment),
  );
  const comment = `${scene.task}: "${scene.instruction}". Made by \`st4vla gazebo\`; edit urdf/${embodiment.urdfFile} or sim/ instead.`;
  return formatXml(xml('sdf', { version: '1.9' }, world), comment);
}

function systemPlugins(): XmlNode[] {
  const plugin = (file: string, name: string, ...children: XmlNode[]) =>
    xml(
      'plugin',
      { filename: `gz-sim-${file}-system`, name: `gz::sim::systems::${name}` },
      ...children,
    );
  return [
    plugin('physics', 'Physics'),
    plugin('user-commands', 'UserCommands'),
    plugin('scene-broadcaster', 'SceneBroadcaster'),
    plugin('sensors', 'Sensors', xmlValue('render_engine', 'ogre2')),
  ];
}

function sun(): XmlNode {
  return xml(
    'light',
    { name: 'sun', type: 'directional' },
    sdfPose({ position: [0, 0, 3], orientation: [0, 0, 0, 1] }),
    xmlValue('cast_shadows', true),
    xmlValue('diffuse', [0.7, 0.7, 0.7, 1]),
    xmlValue('specular', [0.1, 0.1, 0.1, 1]),
    xmlValue('direction', [-0.3, 0.2, -0.9]),
  );
}

/** The table, its top at z = 0, and the floor. */
function surroundings(): XmlNode[] {
  return tableScene().map(({ pose, size, color }, i) => {
    const [x, y, z] = pose.position;
    const solid: Vec3 = [2 * size[0], 2 * size[1], TABLE_THICKNESS_M];
    const at: Pose = { ...pose, position: [x, y, z - TABLE_THICKNESS_M / 2] };
    return xml(
      'model',
      { name: i === 0 ? 'table' : 'floor' },
      xmlValue('static', true),
      sdfPose(at),
      xml(
        'link',
        { name: 'link' },
        xml('visual', { name: 'visual' }, sdfBox(solid), sdfMaterial(color)),
        xml('collision', { name: 'collision' }, sdfBox(solid)),
      ),
    );
  });
}

function objectModel(object: SceneObject, index: number): XmlNode {
  const { kind, look, collision, massKg } = modelOf(object);
  return xml(
    'model',
    { name: `object_${index}_${kind}` },
    xmlValue('static', isSupportKind(kind)),
    sdfPose(restPose(object)),
    xml(
      'link',
      { name: 'link' },
      sdfInertial(
        { position: [0, 0, 0], orientation: [0, 0, 0, 1] },
        massKg,
        inertiaOfBox(massKg, look.halfExtents),
      ),
      look.parts.map((part, i) =>
        xml(
          'visual',
          { name: `visual_${i}` },
          sdfPose(part.pose),
          sdfShape(part),
          sdfMaterial(part.color),
        ),
      ),
      collision.map((part, i) =>
        xml(
          'collision',
          { name: `collision_${i}` },
          sdfPose({ position: part.position, orientation: [0, 0, 0, 1] }),
          sdfCollision(part),
          xml('surface', {}, xml('friction', {}, xml('ode', {}, xmlValue('mu', FRICTION)))),
        ),
      ),
    ),
  );
}

/** I = m (b² + c²) / 12 with whole sides. */
function inertiaOfBox(massKg: number, [hx, hy, hz]: Vec3) {
  const about = (b: number, c: number) => (massKg * (b * b + c * c)) / 3;
  return [about(hy, hz), about(hx, hz), about(hx, hy), 0, 0, 0] as const;
}

/** SDF's camera looks along x with z up; its image has the intrinsics of the model's camera. */
function cameraModel(view: string, { intrinsics, baseFromCamera }: CameraModel): XmlNode {
  const { width, height, fx, fy, cx, cy } = intrinsics;
  const orientation = quatMultiply(baseFromCamera.orientation, quatConjugate(bodyFromOptical));
  const lens = { fx, fy, cx, cy, s: 0 };
  return xml(
    'model',
    { name: `camera_${view}` },
    xmlValue('static', true),
    sdfPose({ position: baseFromCamera.position, orientation }),
    xml(
      'link',
      { name: 'link' },
      xml(
        'sensor',
        { name: view, type: 'camera' },
        xmlValue('always_on', true),
        xmlValue('update_rate', IMAGE_RATE_HZ),
        xmlValue('topic', cameraTopics(view).image),
        xml(
          'camera',
          {},
          xmlValue('horizontal_fov', 2 * Math.atan(width / (2 * fx))),
          xml(
            'image',
            {},
            xmlValue('width', width),
            xmlValue('height', height),
            xmlValue('format', 'R8G8B8'),
          ),
          xml('clip', {}, xmlValue('near', 0.02), xmlValue('far', 20)),
          xml(
            'lens',
            {},
            xml(
              'intrinsics',
              {},
              Object.entries(lens).map(([name, value]) => xmlValue(name, value)),
            ),
          ),
        ),
      ),
    ),
  );
}
