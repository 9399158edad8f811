// What the engine is measured against: std::priority_queue with equal times in the order of insertion.
//   queue hold N WARM EVENTS TABLE   HOLD with increments from 65536 doubles in TABLE; prints the final clock and ns an event
//   queue mm1 SEED CUSTOMERS         M/M/1 at load 0.8; prints the mean wait in service times and ns a customer
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <random>
#include <vector>

struct Event {
  double time;
  uint64_t order;
  uint32_t id;
};
struct Later {
  bool operator()(const Event &a, const Event &b) const { return a.time > b.time || (a.time == b.time && a.order > b.order); }
};
using Queue = std::priority_queue<Event, std::vector<Event>, Later>;
using Clock = std::chrono::steady_clock;

static double since(Clock::time_point start) { return std::chrono::duration<double, std::nano>(Clock::now() - start).count(); }

static int hold(uint64_t n, uint64_t warm, uint64_t events, const char *path) {
  const uint64_t mask = 65535;
  std::vector<double> waits(mask + 1);
  FILE *file = fopen(path, "rb");
  if (file == nullptr || fread(waits.data(), sizeof(double), waits.size(), file) != waits.size()) return 2;
  fclose(file);
  std::vector<Event> store;
  store.reserve(n + 1);
  Queue queue(Later(), std::move(store));
  uint64_t order = 0, i = 0;
  double now = 0;
  for (uint64_t k = 0; k < n; k++) queue.push({waits[k & mask], order++, (uint32_t)k});
  auto run = [&](uint64_t count) {
    for (uint64_t k = 0; k < count; k++) {
      const Event event = queue.top();
      queue.pop();
      now = event.time;
      queue.push({now + waits[i++ & mask], order++, event.id});
    }
  };
  run(warm);
  const auto start = Clock::now();
  run(events);
  printf("%.17g %.6g\n", now, since(start) / events);
  return 0;
}

static int singleServer(uint64_t seed, uint64_t customers) {
  std::mt19937_64 luck(seed);
  std::uniform_real_distribution<double> uniform(0, 1);
  auto exponential = [&](double mean) { return -std::log1p(-uniform(luck)) * mean; };
  Queue queue;
  std::vector<double> arrived(customers);
  uint64_t order = 0, came = 0, started = 0, served = 0;
  double now = 0, waited = 0;
  bool busy = false;
  const auto start = Clock::now();
  auto begin = [&] {
    busy = true;
    waited += now - arrived[started++];
    queue.push({now + exponential(1), order++, 1});
  };
  queue.push({0, order++, 0});
  while (!queue.empty()) {
    const Event event = queue.top();
    queue.pop();
    now = event.time;
    if (event.id == 0) {
      arrived[came++] = now;
      if (came < customers) queue.push({now + exponential(1.25), order++, 0});
      if (!busy) begin();
    } else {
      served++;
      busy = false;
      if (started < came) begin();
    }
  }
  printf("%.17g %.6g\n", waited / served, since(start) / customers);
  return 0;
}

int main(int count, char **words) {
  auto number = [&](int i) { return strtoull(words[i], nullptr, 10); };
  if (count == 6 && strcmp(words[1], "hold") == 0) return hold(number(2), number(3), number(4), words[5]);
  if (count == 4 && strcmp(words[1], "mm1") == 0) return singleServer(number(2), number(3));
  return 2;
}
