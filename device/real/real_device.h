// A zoned device under real engines: what RealWorld needs of a file or a block device besides core::ZonedDevice. Owned
// by the world; calls as core::ZonedDevice has them, what is declared here from the thread that makes the world.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "core/zoned_device.h"

namespace zoneknot::device {

class ThreadRuntime;

class RealDevice : public core::ZonedDevice {
 public:
  // May be changed from here on; no I/O before. The error is one line without a full stop.
  [[nodiscard]] virtual std::string begin() = 0;

  // The run came to nothing: what was made for it goes with it.
  virtual void forget() {}

  [[nodiscard]] virtual int fd() const = 0;
  [[nodiscard]] virtual const std::string& path() const = 0;

  // What a user should know about how it was opened; a line each, after begin().
  [[nodiscard]] virtual std::vector<std::string> notes() const { return {}; }

  // An engine of a job on this device. `inner` is of this kind and takes `depth` I/Os on fd(). This and the runtime
  // outlive it.
  [[nodiscard]] virtual std::unique_ptr<core::IoEngine> engine(std::unique_ptr<core::IoEngine> inner,
                                                               core::EngineKind kind, std::uint32_t depth,
                                                               ThreadRuntime& runtime) = 0;
};

}  // namespace zoneknot::device
