#include "device/real/engine_factory.h"

#include "device/real/io_uring_engine.h"
#include "device/real/libaio_engine.h"
#include "device/real/psync_engine.h"

namespace zoneknot::device {
namespace {

using Engine = tl::expected<std::unique_ptr<core::IoEngine>, int>;

template <class Opened>
Engine as_engine(Opened opened) {
  if (!opened) return tl::unexpected(opened.error());
  return std::unique_ptr<core::IoEngine>(std::move(*opened));
}

}  // namespace

std::string_view engine_name(core::EngineKind kind) {
  switch (kind) {
    case core::EngineKind::psync:
      return "psync";
    case core::EngineKind::libaio:
      return "libaio";
    case core::EngineKind::io_uring:
      return "io_uring";
  }
  __builtin_unreachable();
}

Engine open_real_engine(core::EngineKind kind, int fd, std::uint32_t depth, ThreadRuntime& runtime) {
  switch (kind) {
    case core::EngineKind::psync:
      return std::unique_ptr<core::IoEngine>(std::make_unique<PsyncEngine>(fd));
    case core::EngineKind::libaio:
      return as_engine(LibaioEngine::open(fd, depth, runtime));
    case core::EngineKind::io_uring:
      return as_engine(IoUringEngine::open(fd, depth, runtime));
  }
  __builtin_unreachable();
}

}  // namespace zoneknot::device
