// The data of an emulated device: which stamps its blocks carry. In memory only as much is kept as was written; in a
// file every block has its bytes. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "device/real/backing_file.h"
#include "tools/device/stamp.h"

namespace zoneknot::tools {

class Contents {
 public:
  Contents() = default;
  virtual ~Contents() = default;
  Contents(const Contents&) = delete;
  Contents& operator=(const Contents&) = delete;

  // Everything is zeros from now on. Empty, or an error of one line.
  [[nodiscard]] virtual std::string begin() { return {}; }
  // Blocks of the device. 0 or an errno value.
  [[nodiscard]] virtual int write(std::uint64_t block, std::uint64_t blocks, Stamp first) = 0;
  [[nodiscard]] virtual int erase(std::uint64_t block, std::uint64_t blocks) = 0;
  [[nodiscard]] virtual int read(std::uint64_t block, std::uint64_t blocks, std::vector<BlockRun>& runs) const = 0;
};

class StampMap final : public Contents {
 public:
  [[nodiscard]] int write(std::uint64_t block, std::uint64_t blocks, Stamp first) override;
  [[nodiscard]] int erase(std::uint64_t block, std::uint64_t blocks) override;
  [[nodiscard]] int read(std::uint64_t block, std::uint64_t blocks, std::vector<BlockRun>& runs) const override;

 private:
  struct Written {
    std::uint64_t blocks = 0;
    Stamp first;
  };
  std::map<std::uint64_t, Written> runs_;  // by first block; they do not overlap
};

// In a file that is as large as the device.
class FileContents final : public Contents {
 public:
  FileContents(device::BackingFile file, std::uint32_t block_size) : file_(std::move(file)), block_size_(block_size) {}
  [[nodiscard]] std::string begin() override { return file_.empty(); }
  [[nodiscard]] int write(std::uint64_t block, std::uint64_t blocks, Stamp first) override;
  [[nodiscard]] int erase(std::uint64_t block, std::uint64_t blocks) override;
  [[nodiscard]] int read(std::uint64_t block, std::uint64_t blocks, std::vector<BlockRun>& runs) const override;

 private:
  device::BackingFile file_;
  std::uint32_t block_size_;
};

}  // namespace zoneknot::tools
