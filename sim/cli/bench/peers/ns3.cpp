// HOLD by ns-3's own simulator: ns3 SCHEDULER N WARM EVENTS TABLE; prints the final clock in µs and ns an event.
#include "ns3/core-module.h"
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using Clock = std::chrono::steady_clock;
static std::vector<double> waits(65536);
static uint64_t i = 0, handled = 0, warm = 0, last = 0;
static Clock::time_point start;

static void hold() {
  handled++;
  if (handled == warm) start = Clock::now();
  if (handled == last) {
    const double ns = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
    printf("%.17g %.6g\n", (double)ns3::Simulator::Now().GetMicroSeconds(), ns / (last - warm));
    fflush(stdout);
    // Freeing a million events one by one is not what is measured.
    _Exit(0);
  }
  ns3::Simulator::Schedule(ns3::MicroSeconds((uint64_t)waits[i++ & 65535]), &hold);
}

int main(int count, char **words) {
  if (count != 6) return 2;
  FILE *file = fopen(words[5], "rb");
  if (file == nullptr || fread(waits.data(), sizeof(double), waits.size(), file) != waits.size()) return 2;
  fclose(file);
  ns3::ObjectFactory factory;
  factory.SetTypeId(std::string("ns3::") + words[1]);
  ns3::Simulator::SetScheduler(factory);
  const uint64_t n = strtoull(words[2], nullptr, 10);
  warm = strtoull(words[3], nullptr, 10);
  last = warm + strtoull(words[4], nullptr, 10);
  for (uint64_t k = 0; k < n; k++) ns3::Simulator::Schedule(ns3::MicroSeconds((uint64_t)waits[k & 65535]), &hold);
  ns3::Simulator::Run();
  return 1;
}
