// The real engines by their names in a job file. Pure functions; an engine belongs to the task that opens it.
#pragma once

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "core/io_engine.h"
#include "core/job_spec.h"
#include "device/real/thread_runtime.h"

namespace zoneknot::device {

// "psync", "libaio", "io_uring".
std::string_view engine_name(core::EngineKind kind);

// An engine for `depth` >= 1 I/Os on `fd`, which stays the caller's and outlives it; or the errno value for which the
// system has none: ENOSYS or EPERM (io_uring is not to be had), EAGAIN (fs.aio-max-nr is used up), ENOMEM.
tl::expected<std::unique_ptr<core::IoEngine>, int> open_real_engine(core::EngineKind kind, int fd, std::uint32_t depth,
                                                                    ThreadRuntime& runtime);

}  // namespace zoneknot::device
