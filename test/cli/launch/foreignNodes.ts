/**
 * What programs of other packages offer, as their documentation says: parameters and topics by the name
 * that they have before remapping.
 */
export type ForeignNode = {
  readonly parameters: readonly string[];
  readonly publishes: readonly string[];
};

const image = (prefix: string): readonly string[] => [
  `${prefix}image_raw`,
  `${prefix}camera_info`,
  `${prefix}image_raw/compressed`,
];

/** By package and executable. */
export const FOREIGN_NODES: Readonly<Record<string, ForeignNode>> = {
  'realsense2_camera/realsense2_camera_node': {
    parameters: [
      'serial_no',
      'usb_port_id',
      'camera_name',
      'enable_color',
      'enable_depth',
      'enable_infra1',
      'enable_infra2',
      'rgb_camera.color_profile',
      'rgb_camera.color_format',
    ],
    publishes: image('~/color/'),
  },
  'usb_cam/usb_cam_node_exe': {
    parameters: [
      'video_device',
      'framerate',
      'io_method',
      'frame_id',
      'pixel_format',
      'av_device_format',
      'image_width',
      'image_height',
      'camera_name',
      'camera_info_url',
    ],
    publishes: image(''),
  },
  'v4l2_camera/v4l2_camera_node': {
    parameters: [
      'video_device',
      'pixel_format',
      'output_encoding',
      'image_size',
      'time_per_frame',
      'camera_frame_id',
      'camera_info_url',
    ],
    publishes: image(''),
  },
  'ros_gz_bridge/parameter_bridge': {
    parameters: ['config_file', 'use_sim_time', 'lazy', 'expand_gz_topic_names'],
    publishes: [],
  },
  'controller_manager/spawner': { parameters: [], publishes: [] },
};

/** Launch files of other packages and their arguments. */
export const FOREIGN_LAUNCH_FILES: Readonly<Record<string, readonly string[]>> = {
  'ros_gz_sim/launch/gz_sim.launch.py': ['gz_args', 'gz_version', 'on_exit_shutdown'],
  'interbotix_xsarm_control/launch/xsarm_control.launch.py': [
    'robot_model',
    'robot_name',
    'use_rviz',
    'use_sim',
    'motor_configs',
    'mode_configs',
    'load_configs',
    'xs_driver_logging_level',
    'hardware_type',
  ],
};
