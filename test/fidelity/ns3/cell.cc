// One cell of the comparison with ns-3, one run: messages of a fixed size, sent at the events of a Poisson process, alone
// or beside streams, over one path. Prints one line of JSON: what was sent and received, and the mean one-way delay.
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/mobility-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"
#include "ns3/wifi-module.h"

#include <iostream>
#include <vector>

using namespace ns3;

namespace
{
const uint16_t MESSAGES = 9;
const uint16_t STREAMS = 100;
// Bytes that IP, UDP or TCP (with the timestamp option) and the frame add to what an application writes. A point-to-point
// frame has two bytes of PPP; on Wi-Fi sizes are those of the IP packet, the air's own overhead is in the airtime.
const uint32_t UDP = 28;
const uint32_t TCP = 52;
const uint32_t PPP = 2;

double g_rate;
uint32_t g_payload;
double g_from;
double g_until;
std::vector<double> g_sentAt;
uint64_t g_sent = 0;
uint64_t g_received = 0;
double g_delays = 0;
uint64_t g_streamBytes = 0;
Ptr<Socket> g_sender;
Ptr<ExponentialRandomVariable> g_gap;

void
Send()
{
    const double now = Simulator::Now().GetSeconds();
    if (now >= g_until)
    {
        return;
    }
    SeqTsHeader header;
    header.SetSeq(g_sentAt.size());
    g_sentAt.push_back(now);
    g_sent += now >= g_from;
    Ptr<Packet> packet = Create<Packet>(g_payload - header.GetSerializedSize());
    packet->AddHeader(header);
    g_sender->Send(packet);
    Simulator::Schedule(Seconds(g_gap->GetValue()), &Send);
}

void
Receive(Ptr<Socket> socket)
{
    while (Ptr<Packet> packet = socket->Recv())
    {
        SeqTsHeader header;
        packet->RemoveHeader(header);
        const double at = g_sentAt[header.GetSeq()];
        if (at >= g_from)
        {
            g_received++;
            g_delays += Simulator::Now().GetSeconds() - at;
        }
    }
}

void
CountStream(Ptr<const Packet> packet, const Address&)
{
    const double now = Simulator::Now().GetSeconds();
    if (now >= g_from && now < g_until)
    {
        g_streamBytes += packet->GetSize();
    }
}

void
NoQueueDisc(NetDeviceContainer devices)
{
    TrafficControlHelper().Uninstall(devices);
}
} // namespace

int
main(int argc, char* argv[])
{
    std::string path = "line";
    std::string buffer = "262144B";
    std::string mode = "none";
    double lineRate = 15e6;
    double delay = 0.005;
    double streamRate = 0;
    uint32_t frame = 500;
    uint32_t streamFrame = 1500;
    uint32_t flows = 1;
    double warm = 10;
    double seconds = 60;
    uint32_t run = 1;
    CommandLine cmd;
    cmd.AddValue("path", "wifi or line", path);
    cmd.AddValue("buffer", "room before the bottleneck, bytes (B) or packets (p)", buffer);
    cmd.AddValue("mode", "streams: none, constant (UDP) or elastic (TCP CUBIC)", mode);
    cmd.AddValue("lineRate", "rate of the line, bit/s", lineRate);
    cmd.AddValue("delay", "propagation from router to server, s", delay);
    cmd.AddValue("messageRate", "messages a second", g_rate);
    cmd.AddValue("streamRate", "bit/s that all streams offer together, frames included; 0 = as much as TCP takes", streamRate);
    cmd.AddValue("frame", "bytes of a message's frame", frame);
    cmd.AddValue("streamFrame", "bytes of a full-size frame of a stream", streamFrame);
    cmd.AddValue("flows", "number of streams", flows);
    cmd.AddValue("warm", "seconds before counting", warm);
    cmd.AddValue("seconds", "seconds of counting", seconds);
    cmd.AddValue("run", "run number of the generator; its seed is 1", run);
    cmd.Parse(argc, argv);
    RngSeedManager::SetSeed(1);
    RngSeedManager::SetRun(run);
    g_from = warm;
    g_until = warm + seconds;

    const bool wifi = path == "wifi";
    const uint32_t link = wifi ? 0 : PPP;
    g_payload = frame - UDP - link;
    const uint32_t segment = streamFrame - TCP - link;
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpCubic::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(segment));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(1 << 22));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(1 << 22));
    Config::SetDefault("ns3::ArpCache::AliveTimeout", TimeValue(Hours(1)));

    NodeContainer nodes; // source of messages, source of streams, router, server; on Wi-Fi station and access point
    nodes.Create(wifi ? 2 : 4);
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper address("10.1.0.0", "255.255.255.0");
    Ipv4Address target;
    Ptr<Node> server;
    Ptr<Node> streamer;
    if (wifi)
    {
        // 802.11a at 24 Mbit/s, a metre apart: no loss but by collision and by the full queue.
        YansWifiChannelHelper channel = YansWifiChannelHelper::Default();
        YansWifiPhyHelper phy;
        phy.SetChannel(channel.Create());
        WifiHelper helper;
        helper.SetStandard(WIFI_STANDARD_80211a);
        helper.SetRemoteStationManager("ns3::ConstantRateWifiManager",
                                       "DataMode",
                                       StringValue("OfdmRate24Mbps"),
                                       "ControlMode",
                                       StringValue("OfdmRate24Mbps"));
        Config::SetDefault("ns3::WifiMacQueue::MaxSize", QueueSizeValue(QueueSize(buffer)));
        Config::SetDefault("ns3::WifiMacQueue::MaxDelay", TimeValue(Seconds(10)));
        WifiMacHelper mac;
        const Ssid ssid("home");
        mac.SetType("ns3::StaWifiMac", "Ssid", SsidValue(ssid), "QosSupported", BooleanValue(false));
        NetDeviceContainer devices = helper.Install(phy, mac, nodes.Get(0));
        mac.SetType("ns3::ApWifiMac", "Ssid", SsidValue(ssid), "QosSupported", BooleanValue(false));
        devices.Add(helper.Install(phy, mac, nodes.Get(1)));
        MobilityHelper mobility;
        Ptr<ListPositionAllocator> places = CreateObject<ListPositionAllocator>();
        places->Add(Vector(0, 0, 0));
        places->Add(Vector(1, 0, 0));
        mobility.SetPositionAllocator(places);
        mobility.Install(nodes);
        target = address.Assign(devices).GetAddress(1);
        NoQueueDisc(devices);
        streamer = nodes.Get(0);
        server = nodes.Get(1);
    }
    else
    {
        PointToPointHelper fast;
        fast.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
        fast.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("10000p"));
        PointToPointHelper line;
        line.SetDeviceAttribute("DataRate", DataRateValue(DataRate(static_cast<uint64_t>(lineRate))));
        line.SetChannelAttribute("Delay", TimeValue(Seconds(delay)));
        line.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("1p"));
        for (uint32_t i = 0; i < 2; i++)
        {
            NetDeviceContainer devices = fast.Install(nodes.Get(i), nodes.Get(2));
            address.Assign(devices);
            address.NewNetwork();
            NoQueueDisc(devices);
        }
        NetDeviceContainer devices = line.Install(nodes.Get(2), nodes.Get(3));
        // The one queue that matters: drop-tail, before a device that holds a single frame.
        TrafficControlHelper fifo;
        fifo.SetRootQueueDisc("ns3::FifoQueueDisc", "MaxSize", StringValue(buffer));
        fifo.Install(devices);
        target = address.Assign(devices).GetAddress(1);
        Ipv4GlobalRoutingHelper::PopulateRoutingTables();
        streamer = nodes.Get(1);
        server = nodes.Get(3);
    }

    Ptr<UniformRandomVariable> phase = CreateObject<UniformRandomVariable>();
    for (uint32_t i = 0; i < flows && mode != "none"; i++)
    {
        const std::string protocol = mode == "elastic" ? "ns3::TcpSocketFactory" : "ns3::UdpSocketFactory";
        const uint32_t write = mode == "elastic" ? segment : streamFrame - UDP - link;
        const Address to = InetSocketAddress(target, STREAMS + i);
        ApplicationContainer sink = PacketSinkHelper(protocol, to).Install(server);
        sink.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&CountStream));
        ApplicationContainer source;
        if (streamRate > 0)
        {
            OnOffHelper helper(protocol, to);
            helper.SetConstantRate(DataRate(static_cast<uint64_t>(streamRate / flows * write / streamFrame)), write);
            source = helper.Install(streamer);
        }
        else
        {
            BulkSendHelper helper(protocol, to);
            helper.SetAttribute("SendSize", UintegerValue(segment));
            source = helper.Install(streamer);
        }
        source.Start(Seconds(2 + phase->GetValue()));
    }

    g_gap = CreateObject<ExponentialRandomVariable>();
    g_gap->SetAttribute("Mean", DoubleValue(1 / g_rate));
    Ptr<Socket> receiver = Socket::CreateSocket(server, UdpSocketFactory::GetTypeId());
    receiver->SetAttribute("RcvBufSize", UintegerValue(1 << 24));
    receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), MESSAGES));
    receiver->SetRecvCallback(MakeCallback(&Receive));
    g_sender = Socket::CreateSocket(nodes.Get(0), UdpSocketFactory::GetTypeId());
    g_sender->Connect(InetSocketAddress(target, MESSAGES));
    Simulator::Schedule(Seconds(2 + g_gap->GetValue()), &Send);
    Simulator::Stop(Seconds(g_until + 3));
    Simulator::Run();
    Simulator::Destroy();
    std::cout.precision(9);
    std::cout << "{\"sent\":" << g_sent << ",\"received\":" << g_received << ",\"delay\":" << g_delays / g_received
              << ",\"streamBytes\":" << g_streamBytes << "}" << std::endl;
    return 0;
}
