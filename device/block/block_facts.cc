#include "device/block/block_facts.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace zoneknot::device {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSysfsSector = 512;

// The first line without the blanks around it; empty where there is no such file.
std::string line_of(const fs::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

// What has no hardware has no model; its driver is what there is to say.
std::string model_of(const fs::path& disk, const std::string& name) {
  if (std::string model = line_of(disk / "device" / "model"); !model.empty()) return model;
  std::error_code error;
  if (fs::exists(disk / "loop", error)) return "loop device on " + line_of(disk / "loop" / "backing_file");
  // null_blk's configfs folder has the name of the device.
  if (name.starts_with("nullb") || fs::exists("/sys/kernel/config/nullb/" + name, error)) return "null_blk";
  if (fs::exists(disk / "dm", error)) return "device mapper, " + line_of(disk / "dm" / "name");
  return {};
}

// Of a list of words, the one in brackets.
std::string chosen_of(const std::string& list) {
  const std::size_t begin = list.find('[');
  const std::size_t end = list.find(']', begin);
  if (end == std::string::npos) return {};
  return list.substr(begin + 1, end - begin - 1);
}

std::uint32_t partitions_of(const fs::path& disk) {
  std::uint32_t count = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(disk, error)) {
    std::error_code none;
    if (fs::exists(entry.path() / "partition", none)) ++count;
  }
  return count;
}

}  // namespace

// UEFI Specification 2.10, 5.2.1 and 5.3.2.
bool has_partition_table(int fd) {
  constexpr std::size_t kEntries = 446;
  constexpr std::size_t kEntryBytes = 16;
  constexpr std::size_t kTypeOfEntry = 4;
  std::array<unsigned char, 8192> head{};
  const ssize_t got = pread(fd, head.data(), head.size(), 0);
  if (got < 512) return false;
  for (const std::size_t block : {512U, 4096U}) {
    if (std::cmp_less(block + 8, got) && std::memcmp(head.data() + block, "EFI PART", 8) == 0) return true;
  }
  if (head[510] != 0x55 || head[511] != 0xaa) return false;
  bool any = false;
  for (std::size_t at = kEntries; at < 510; at += kEntryBytes) {
    if ((head.at(at) & 0x7fU) != 0) return false;  // the boot sector of a file system has its code there
    any |= head.at(at + kTypeOfEntry) != 0;
  }
  return any;
}

tl::expected<BlockFacts, std::string> block_facts(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return tl::unexpected(path + ": " + std::generic_category().message(errno));
  }
  if (!S_ISBLK(status.st_mode)) return tl::unexpected(path + ": is not a block device");
  std::error_code error;
  const std::string number = std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  const fs::path folder = fs::canonical("/sys/dev/block/" + number, error);
  if (error) return tl::unexpected(path + ": the kernel knows no device " + number);
  const bool is_partition = fs::exists(folder / "partition", error);
  const fs::path disk = is_partition ? folder.parent_path() : folder;
  BlockFacts facts;
  facts.name = folder.filename().string();
  facts.model = model_of(disk, disk.filename().string());
  facts.bytes = std::strtoull(line_of(folder / "size").c_str(), nullptr, 10) * kSysfsSector;
  facts.partitions = is_partition ? 0 : partitions_of(disk);
  const std::string zoned = line_of(disk / "queue" / "zoned");
  facts.zoned = !zoned.empty() && zoned != "none";
  facts.largest_io = std::strtoull(line_of(disk / "queue" / "max_sectors_kb").c_str(), nullptr, 10) * 1024;
  facts.scheduler = chosen_of(line_of(disk / "queue" / "scheduler"));
  return facts;
}

}  // namespace zoneknot::device
