// Makes a random script of zone commands: make_script TARGET SEED COMMANDS. It plays every command on the emulated
// TARGET as it makes it, and aims by the zones' state: at write pointers and beside them, capacities, zone ends, the
// device's end, limits and ranges. The same arguments give the same script.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tools/device/open_target.h"
#include "tools/device/player.h"

namespace zoneknot::tools {
namespace {

using core::ZoneCondition;
using core::ZoneReport;

class Generator {
 public:
  Generator(Target& target, std::uint64_t seed) : facts_(target.facts()), draws_(seed) {
    const core::DeviceGeometry& geometry = facts_.geometry;
    zone_blocks_ = geometry.zone_size / geometry.block_size;
    zones_ = geometry.nr_zones();
    look(target);
    // A few zones get most of the commands, so that limits are met; the last one is always among them.
    const std::uint64_t favourites = 2 + seed % 6;
    for (std::uint64_t i = 0; i < favourites; ++i) favourites_.push_back(below(zones_));
    favourites_.push_back(zones_ - 1);
  }

  void look(Target& target) { report_ = *target.report(); }

  std::string next() {
    switch (below(32)) {
      case 0:
        return "reset " + range();
      case 1:
      case 2:
        return "finish " + range();
      case 3:
      case 4:
      case 5:
        return "open " + range();
      case 6:
      case 7:
        return "close " + range();
      case 8:
      case 9:
        return "reset " + std::to_string(zone());
      case 10:
        return below(6) == 0 ? "reset all" : "reset " + std::to_string(zone());
      case 11:
        return below(3) == 0 ? "report" : read();
      case 12:
      case 13:
      case 14:
      case 15:
      case 16:
        return read();
      case 17:
        return facts_.no_degrade.empty() ? "set-readonly " + std::to_string(zone()) : write();
      case 18:
        return facts_.no_degrade.empty() ? "set-offline " + std::to_string(zone()) : write();
      case 19:
      case 20:
      case 21:
        if (facts_.no_append.empty()) return "append " + std::to_string(zone()) + " " + std::to_string(append_length());
        return write();
      default:
        return write();
    }
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return draws_() % bound; }

  std::uint32_t zone() {
    return below(5) == 0 ? static_cast<std::uint32_t>(below(zones_))
                         : static_cast<std::uint32_t>(favourites_[below(favourites_.size())]);
  }

  std::string range() {
    const std::uint32_t first = zone();
    if (below(2) == 0) return std::to_string(first);
    if (below(12) == 0) return "0 " + std::to_string(zones_);
    const std::uint64_t count = 1 + below(5);
    return std::to_string(first) + " " + std::to_string(count);
  }

  // Somewhere near one of the places where rules change.
  std::uint64_t edge(const ZoneReport& zone) {
    const std::uint64_t block = facts_.geometry.block_size;
    const bool has_pointer = zone.condition != ZoneCondition::full && zone.condition != ZoneCondition::not_wp &&
                             zone.condition != ZoneCondition::read_only && zone.condition != ZoneCondition::offline;
    const std::uint64_t pointer = has_pointer ? (zone.wp - zone.start) / block : 0;
    const std::uint64_t capacity = zone.capacity / block;
    const std::uint64_t places[] = {0, pointer, capacity, zone_blocks_};
    const std::uint64_t place = places[below(4)];
    const std::uint64_t back = below(4) == 0 ? below(40) : below(3);
    return below(2) == 0 ? place + below(3) : place - std::min(place, back);
  }

  std::uint64_t length() {
    switch (below(8)) {
      case 0:
        return 1 + below(900);
      case 1:
        return 25 + below(15);
      case 2:
        return 120 + below(20);
      default:
        return 1 + below(8);
    }
  }

  std::uint64_t append_length() { return below(6) == 0 ? 30 + below(5) : 1 + below(8); }

  std::string write() {
    const std::uint32_t index = zone();
    const ZoneReport& zone = report_[index];
    const std::string head = "write " + std::to_string(index) + " ";
    const std::uint64_t block = facts_.geometry.block_size;
    switch (below(8)) {
      case 0:
        return head + std::to_string(edge(zone)) + " " + std::to_string(length());
      case 1:
      case 2: {
        // To the capacity, or one block less or more.
        const std::uint64_t capacity = zone.capacity / block;
        const std::uint64_t pointer = (zone.wp - zone.start) / block;
        if (zone.condition == ZoneCondition::not_wp || pointer >= capacity) break;
        const std::uint64_t left = capacity - pointer;
        const std::uint64_t exact = below(3) == 0 ? left - 1 + below(3) : left;
        return head + "wp " + std::to_string(std::max<std::uint64_t>(1, exact));
      }
      default:
        break;
    }
    return head + "wp " + std::to_string(length());
  }

  std::string read() {
    const std::uint32_t index = zone();
    return "read " + std::to_string(index) + " " + std::to_string(edge(report_[index])) + " " +
           std::to_string(length());
  }

  TargetFacts facts_;
  std::mt19937_64 draws_;
  std::uint64_t zone_blocks_ = 0;
  std::uint32_t zones_ = 0;
  std::vector<std::uint64_t> favourites_;
  std::vector<ZoneReport> report_;
};

int make_script(const std::string& device, std::uint64_t seed, unsigned commands) {
  const auto target = open_target(device, false);
  if (!target) {
    std::fprintf(stderr, "make_script: %s\n", target.error().to_string().c_str());
    return 2;
  }
  Generator generator(**target, seed);
  Player player(**target);
  for (unsigned line = 1; line <= commands; ++line) {
    const std::string text = generator.next();
    const auto command = parse_script_line(text, line, "script");
    if (!command || !*command || !player.play(**command)) return 2;
    generator.look(**target);
    std::puts(text.c_str());
  }
  return 0;
}

}  // namespace
}  // namespace zoneknot::tools

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("make_script TARGET SEED COMMANDS\n", stderr);
    return 2;
  }
  return zoneknot::tools::make_script(argv[1], std::strtoull(argv[2], nullptr, 10),
                                      static_cast<unsigned>(std::strtoul(argv[3], nullptr, 10)));
}
