// The jobs that the I/O benchmarks run: 4 KiB blocks at random places of a device with emulated zones of 1 MiB.
#pragma once

#include "core/job_spec.h"
#include "device/model/zone_model.h"

namespace zoneknot::tools {

enum class Rw : std::uint8_t { randread, randwrite };

inline constexpr std::uint32_t kIoBytes = 4096;
inline constexpr std::uint32_t kZones = 256;

inline core::JobSpec random_job(Rw rw, core::EngineKind engine, std::uint32_t iodepth, std::uint64_t ios) {
  core::JobSpec spec;
  spec.name = "bench";
  spec.filename = "zones";
  spec.engine = engine;
  spec.reads = rw == Rw::randread;
  spec.writes = rw == Rw::randwrite;
  spec.random = true;
  spec.random_map = false;
  spec.iodepth = iodepth;
  spec.io_size = ios * kIoBytes;
  return spec;
}

// Readers need zones that have been written.
inline device::DeviceConfig device_for(Rw rw) { return {.zones = kZones, .prefilled = rw == Rw::randread}; }

}  // namespace zoneknot::tools
