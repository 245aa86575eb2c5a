// What the tests of real engines need beside what both worlds do.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "device/real/engine_factory.h"
#include "device/real/thread_runtime.h"
#include "t/contract/io.h"

namespace zoneknot::device {

using contract::Buffer;
using contract::carry_out;
using contract::kBlock;
using contract::request;
using contract::sync_request;

// Names the tests of one engine.
inline std::string name_of(const testing::TestParamInfo<core::EngineKind>& info) {
  return std::string(engine_name(info.param));
}

// Why an engine cannot be tested in this place, or nothing. Only a system that itself refuses io_uring is a reason.
inline std::string not_to_be_had(core::EngineKind kind, ThreadRuntime& runtime) {
  const auto engine = open_real_engine(kind, 0, 1, runtime);
  if (engine || (engine.error() != ENOSYS && engine.error() != EPERM)) return {};
  return std::string(engine_name(kind)) + " is refused here: " + std::strerror(engine.error());
}

}  // namespace zoneknot::device
