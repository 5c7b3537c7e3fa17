// Loads an SDF or URDF file with libsdformat, every warning an error, and prints what it understood as
// JSON: of each model its links and frames (poses in the model at joint positions zero), masses, joints,
// sensors and plugins. Errors go to stderr, with exit code 1.
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <sdf/sdf.hh>
#include <string>

namespace {

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

/// JSON has no infinity.
void number(double value) {
  if (std::isfinite(value)) std::cout << value;
  else std::cout << "null";
}

template <typename Pose> void pose(const Pose &p) {
  std::cout << "{\"position\":[" << p.Pos().X() << "," << p.Pos().Y() << "," << p.Pos().Z()
            << "],\"orientation\":[" << p.Rot().X() << "," << p.Rot().Y() << "," << p.Rot().Z() << ","
            << p.Rot().W() << "]}";
}

template <typename Element> auto resolved(const Element &element, const std::string &frame) {
  decltype(element.RawPose()) const raw = element.RawPose();
  auto result = raw;
  const sdf::Errors errors = element.SemanticPose().Resolve(result, frame);
  for (const auto &error : errors) {
    std::cerr << error.Message() << "\n";
    std::exit(1);
  }
  return result;
}

void sensor(const sdf::Sensor &one) {
  std::cout << "{\"name\":" << quoted(one.Name()) << ",\"type\":" << quoted(one.TypeStr())
            << ",\"topic\":" << quoted(one.Topic()) << ",\"rate\":" << one.UpdateRate();
  if (const sdf::Camera *camera = one.CameraSensor()) {
    std::cout << ",\"width\":" << camera->ImageWidth() << ",\"height\":" << camera->ImageHeight()
              << ",\"fov\":" << camera->HorizontalFov().Radian() << ",\"fx\":"
              << camera->LensIntrinsicsFx() << ",\"fy\":" << camera->LensIntrinsicsFy() << ",\"cx\":"
              << camera->LensIntrinsicsCx() << ",\"cy\":" << camera->LensIntrinsicsCy();
  }
  std::cout << "}";
}

void link(const sdf::Link &one) {
  const auto &inertial = one.Inertial();
  const auto &mass = inertial.MassMatrix();
  std::cout << quoted(one.Name()) << ":{\"pose\":";
  pose(resolved(one, "__model__"));
  std::cout << ",\"mass\":" << mass.Mass() << ",\"com\":";
  pose(inertial.Pose());
  const auto diagonal = mass.DiagonalMoments();
  const auto off = mass.OffDiagonalMoments();
  std::cout << ",\"inertia\":[" << diagonal.X() << "," << diagonal.Y() << "," << diagonal.Z() << ","
            << off.X() << "," << off.Y() << "," << off.Z() << "],\"visuals\":" << one.VisualCount()
            << ",\"collisions\":" << one.CollisionCount() << ",\"sensors\":[";
  for (std::uint64_t i = 0; i < one.SensorCount(); i++) {
    if (i > 0) std::cout << ",";
    sensor(*one.SensorByIndex(i));
  }
  std::cout << "]}";
}

void joint(const sdf::Joint &one) {
  std::cout << quoted(one.Name()) << ":{\"type\":" << static_cast<int>(one.Type()) << ",\"parent\":"
            << quoted(one.ParentLinkName()) << ",\"child\":" << quoted(one.ChildLinkName());
  if (const sdf::JointAxis *axis = one.Axis()) {
    std::cout << ",\"axis\":[" << axis->Xyz().X() << "," << axis->Xyz().Y() << "," << axis->Xyz().Z()
              << "],\"lower\":";
    number(axis->Lower());
    std::cout << ",\"upper\":";
    number(axis->Upper());
    std::cout << ",\"effort\":";
    number(axis->Effort());
    std::cout << ",\"velocity\":";
    number(axis->MaxVelocity());
    std::cout << ",\"damping\":" << axis->Damping() << ",\"friction\":" << axis->Friction();
  }
  std::cout << "}";
}

void plugins(const sdf::ElementPtr &element) {
  std::cout << "\"plugins\":[";
  bool first = true;
  for (auto one = element->GetElementImpl("plugin"); one; one = one->GetNextElement("plugin")) {
    if (!first) std::cout << ",";
    first = false;
    std::cout << "{\"filename\":" << quoted(one->Get<std::string>("filename")) << ",\"name\":"
              << quoted(one->Get<std::string>("name"));
    for (auto inner = one->GetFirstElement(); inner; inner = inner->GetNextElement())
      if (inner->GetValue())
        std::cout << "," << quoted(inner->GetName()) << ":" << quoted(inner->GetValue()->GetAsString());
    std::cout << "}";
  }
  std::cout << "]";
}

void model(const sdf::Model &one) {
  std::cout << quoted(one.Name()) << ":{\"static\":" << (one.Static() ? "true" : "false") << ",\"pose\":";
  pose(one.RawPose());
  std::cout << ",\"links\":{";
  for (std::uint64_t i = 0; i < one.LinkCount(); i++) {
    if (i > 0) std::cout << ",";
    link(*one.LinkByIndex(i));
  }
  std::cout << "},\"frames\":{";
  for (std::uint64_t i = 0; i < one.FrameCount(); i++) {
    if (i > 0) std::cout << ",";
    const sdf::Frame &frame = *one.FrameByIndex(i);
    std::cout << quoted(frame.Name()) << ":{\"pose\":";
    pose(resolved(frame, "__model__"));
    std::cout << "}";
  }
  std::cout << "},\"joints\":{";
  for (std::uint64_t i = 0; i < one.JointCount(); i++) {
    if (i > 0) std::cout << ",";
    joint(*one.JointByIndex(i));
  }
  std::cout << "},";
  plugins(one.Element());
  std::cout << "}";
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    std::cerr << "usage: describe_sdf FILE\n";
    return 2;
  }
  auto config = sdf::ParserConfig::GlobalConfig();
  config.SetWarningsPolicy(sdf::EnforcementPolicy::ERR);
  config.SetUnrecognizedElementsPolicy(sdf::EnforcementPolicy::ERR);
  sdf::Root root;
  const sdf::Errors errors = root.Load(argv[1], config);
  for (const auto &error : errors) std::cerr << error.Message() << "\n";
  if (!errors.empty()) return 1;
  std::cout << std::setprecision(12) << "{\"models\":{";
  bool first = true;
  if (const sdf::Model *only = root.Model()) {
    model(*only);
    first = false;
  }
  for (std::uint64_t w = 0; w < root.WorldCount(); w++) {
    const sdf::World &world = *root.WorldByIndex(w);
    for (std::uint64_t i = 0; i < world.ModelCount(); i++) {
      if (!first) std::cout << ",";
      first = false;
      model(*world.ModelByIndex(i));
    }
  }
  std::cout << "},\"world\":{";
  if (const sdf::World *world = root.WorldByIndex(0)) plugins(world->Element());
  std::cout << "}}\n";
  return 0;
}
