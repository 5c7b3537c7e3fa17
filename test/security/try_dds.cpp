// Asks Fast DDS with its security plugins what the keys of a keystore allow.
//   try_dds DOMAIN ask ENCLAVE     reads lines "publish TOPIC" or "subscribe TOPIC", answers yes or no
//   try_dds DOMAIN meet TOPIC WRITER READER SECONDS   do these two find each other in this time?
// An enclave is its folder, or - for a participant without security.
#include <chrono>
#include <cstring>
#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/log/Log.hpp>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/TopicDataType.hpp>
#include <fastdds/dds/topic/TypeSupport.hpp>
#include <fastdds/rtps/transport/UDPv4TransportDescriptor.h>
#include <iostream>
#include <string>
#include <thread>

using namespace eprosima::fastdds::dds;
namespace rtps = eprosima::fastrtps::rtps;

namespace {

/// A byte: what is in the messages does not matter here.
class Byte : public TopicDataType {
public:
  Byte() {
    setName("byte");
    m_typeSize = 8;
    m_isGetKeyDefined = false;
  }
  bool serialize(void *data, rtps::SerializedPayload_t *payload) override {
    std::memcpy(payload->data, data, 1);
    payload->length = 1;
    return true;
  }
  bool deserialize(rtps::SerializedPayload_t *payload, void *data) override {
    std::memcpy(data, payload->data, 1);
    return true;
  }
  std::function<uint32_t()> getSerializedSizeProvider(void *) override {
    return [] { return 1u; };
  }
  void *createData() override { return new char; }
  void deleteData(void *data) override { delete static_cast<char *>(data); }
  bool getKey(void *, rtps::InstanceHandle_t *, bool) override { return false; }
};

DomainParticipant *join(int domain, const std::string &enclave) {
  DomainParticipantQos qos;
  auto udp = std::make_shared<eprosima::fastdds::rtps::UDPv4TransportDescriptor>();
  udp->interfaceWhiteList.emplace_back("127.0.0.1");
  qos.transport().use_builtin_transports = false;
  qos.transport().user_transports.push_back(udp);
  if (enclave != "-") {
    const std::string file = "file://" + enclave + "/";
    auto &values = qos.properties().properties();
    const std::string auth = "dds.sec.auth.builtin.PKI-DH.";
    const std::string access = "dds.sec.access.builtin.Access-Permissions.";
    values.emplace_back("dds.sec.auth.plugin", "builtin.PKI-DH");
    values.emplace_back(auth + "identity_ca", file + "identity_ca.cert.pem");
    values.emplace_back(auth + "identity_certificate", file + "cert.pem");
    values.emplace_back(auth + "private_key", file + "key.pem");
    values.emplace_back("dds.sec.access.plugin", "builtin.Access-Permissions");
    values.emplace_back(access + "permissions_ca", file + "permissions_ca.cert.pem");
    values.emplace_back(access + "governance", file + "governance.p7s");
    values.emplace_back(access + "permissions", file + "permissions.p7s");
    values.emplace_back("dds.sec.crypto.plugin", "builtin.AES-GCM-GMAC");
  }
  DomainParticipant *participant =
      DomainParticipantFactory::get_instance()->create_participant(domain, qos);
  if (participant == nullptr) {
    std::cout << "refused\n" << std::flush;
    std::quick_exit(0);
  }
  TypeSupport(new Byte()).register_type(participant);
  return participant;
}

DataWriter *write(DomainParticipant *participant, const std::string &name) {
  Topic *topic = participant->create_topic(name, "byte", TOPIC_QOS_DEFAULT);
  Publisher *publisher = participant->create_publisher(PUBLISHER_QOS_DEFAULT);
  return topic == nullptr ? nullptr : publisher->create_datawriter(topic, DATAWRITER_QOS_DEFAULT);
}

DataReader *read(DomainParticipant *participant, const std::string &name) {
  Topic *topic = participant->create_topic(name, "byte", TOPIC_QOS_DEFAULT);
  Subscriber *subscriber = participant->create_subscriber(SUBSCRIBER_QOS_DEFAULT);
  return topic == nullptr ? nullptr : subscriber->create_datareader(topic, DATAREADER_QOS_DEFAULT);
}

int ask(int domain, const std::string &enclave) {
  DomainParticipant *writers = join(domain, enclave);
  DomainParticipant *readers = join(domain, enclave);
  std::string verb, topic;
  while (std::cin >> verb >> topic) {
    const bool allowed = verb == "publish" ? write(writers, topic) != nullptr
                                           : read(readers, topic) != nullptr;
    std::cout << (allowed ? "yes" : "no") << "\n";
  }
  return 0;
}

int meet(int domain, const std::string &topic, const std::string &writing, const std::string &reading,
         int seconds) {
  DomainParticipant *a = join(domain, writing);
  DomainParticipant *b = join(domain, reading);
  DataWriter *writer = write(a, topic);
  DataReader *reader = read(b, topic);
  if (writer == nullptr || reader == nullptr) {
    std::cout << "refused\n";
    return 0;
  }
  for (int i = 0; i < 10 * seconds; i++) {
    PublicationMatchedStatus status;
    writer->get_publication_matched_status(status);
    if (status.current_count > 0) {
      std::cout << "met\n";
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::cout << "strangers\n";
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  const std::string verb = argc > 2 ? argv[2] : "";
  int result = 2;
  Log::ClearConsumers(); // they write where the answers go
  if (verb == "ask" && argc == 4) result = ask(std::stoi(argv[1]), argv[3]);
  else if (verb == "meet" && argc == 7)
    result = meet(std::stoi(argv[1]), argv[3], argv[4], argv[5], std::stoi(argv[6]));
  else std::cerr << "usage: try_dds DOMAIN ask ENCLAVE | DOMAIN meet TOPIC WRITER READER SECONDS\n";
  std::cout << std::flush;
  std::quick_exit(result); // entities end with the process
}
